/*
 * Reading the structure of a device tree token by token. Everything that is read from the structure
 * goes through here.
 */
#include "device_tree/tokens.h"

#include "lib/string.h"

/* Moves *offset past @p size bytes and the padding to the next token. */
static bool skip(const struct tree *tree, uint32_t *offset, uint32_t size)
{
    if (!range_within(*offset, align_up(size, sizeof(uint32_t)), tree->structure_size))
        return false;
    *offset += (uint32_t)align_up(size, sizeof(uint32_t));
    return true;
}

static bool take_node(const struct tree *tree, uint32_t *offset, struct tree_token *token)
{
    size_t room = tree->structure_size - *offset;

    token->name = (const char *)tree->structure + *offset;
    size_t length = strnlen(token->name, room);
    return length < room && skip(tree, offset, (uint32_t)length + 1);
}

static bool take_property(const struct tree *tree, uint32_t *offset, struct tree_token *token)
{
    const uint8_t *head = tree->structure + *offset;

    if (!skip(tree, offset, 2 * sizeof(uint32_t)))
        return false;
    uint32_t name = tree_cell(head + sizeof(uint32_t));
    token->name = name < tree->strings_size ? tree->strings + name : "";
    token->property.size = tree_cell(head);
    token->property.value = tree->structure + *offset;
    return skip(tree, offset, token->property.size);
}

struct tree_token tree_token_next(const struct tree *tree, uint32_t *offset)
{
    struct tree_token token = {.kind = TOKEN_DAMAGED, .name = ""};
    uint32_t next = *offset;
    bool good = false;

    if (!skip(tree, &next, sizeof(uint32_t)))
        return token;
    uint32_t kind = tree_cell(tree->structure + *offset);
    if (kind == TOKEN_BEGIN_NODE)
        good = take_node(tree, &next, &token);
    else if (kind == TOKEN_PROPERTY)
        good = take_property(tree, &next, &token);
    else
        good = kind == TOKEN_END_NODE || kind == TOKEN_NOP || kind == TOKEN_END;
    if (good) {
        token.kind = (enum tree_token_kind)kind;
        *offset = next;
    }
    return token;
}

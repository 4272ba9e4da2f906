/*
 * Reading the structure of a device tree token by token (Devicetree Specification 0.4, 5.4.1), and
 * walking over its nodes. Everything that is read from the structure goes through token_next().
 */
#include "cairn/error.h"
#include "device_tree/tree.h"
#include "lib/string.h"

/* The kinds of tokens. */
enum token_kind {
    TOKEN_BEGIN_NODE = 1,
    TOKEN_END_NODE = 2,
    TOKEN_PROPERTY = 3,
    TOKEN_NOP = 4,
    TOKEN_END = 9,
    TOKEN_DAMAGED = -1,
};

/* One token, with what belongs to it. */
struct token {
    enum token_kind kind;
    const char *name; /* "" for a property whose name is out of bounds */
    struct tree_property property;
};

/* Moves *offset past @p size bytes and the padding to the next token. */
static bool skip(const struct tree *tree, uint32_t *offset, uint64_t size)
{
    if (!range_within(*offset, align_up(size, sizeof(uint32_t)), tree->structure_size))
        return false;
    *offset += (uint32_t)align_up(size, sizeof(uint32_t));
    return true;
}

/*
 * Reads the token at *offset and moves past it, checking every bound; one that is damaged leaves
 * *offset where it was.
 */
static struct token token_next(const struct tree *tree, uint32_t *offset)
{
    struct token token = {.kind = TOKEN_DAMAGED, .name = ""};
    const uint8_t *head = tree->structure + *offset;
    uint32_t next = *offset;
    uint64_t size = 0; /* of what follows the head */

    if (!skip(tree, &next, sizeof(uint32_t)))
        return token;
    uint32_t kind = tree_cell(head);
    if (kind == TOKEN_BEGIN_NODE) {
        token.name = (const char *)tree->structure + next;
        size = strnlen(token.name, tree->structure_size - next) + 1;
    } else if (kind == TOKEN_PROPERTY) {
        if (!skip(tree, &next, 2 * sizeof(uint32_t)))
            return token;
        uint32_t name = tree_cell(head + 2 * sizeof(uint32_t));
        token.name = name < tree->strings_size ? tree->strings + name : "";
        size = tree_cell(head + sizeof(uint32_t));
        token.property = (struct tree_property){tree->structure + next, (uint32_t)size};
    } else if (kind != TOKEN_END_NODE && kind != TOKEN_NOP && kind != TOKEN_END) {
        return token;
    }
    if (skip(tree, &next, size)) {
        token.kind = (enum token_kind)kind;
        *offset = next;
    }
    return token;
}

int tree_check_structure(struct tree *tree, struct boot_info *info)
{
    uint32_t offset = 0;
    uint32_t depth = 0;
    bool rooted = false;
    bool deep = false;
    uint32_t unnamed = 0;

    for (;;) {
        uint32_t start = offset;
        struct token token = token_next(tree, &offset);
        bool outside =
            depth == 0 && (token.kind == TOKEN_END_NODE || token.kind == TOKEN_PROPERTY ||
                           (token.kind == TOKEN_BEGIN_NODE && rooted));

        if (token.kind == TOKEN_END && depth == 0 && rooted)
            break;
        if (token.kind == TOKEN_DAMAGED || token.kind == TOKEN_END || outside) {
            tree->structure_size = start;
            return boot_warn(info, "device tree: the structure is damaged at this offset", start);
        }
        unnamed += token.kind == TOKEN_PROPERTY && token.name[0] == '\0';
        rooted = true;
        depth += token.kind == TOKEN_BEGIN_NODE;
        depth -= token.kind == TOKEN_END_NODE;
        deep = deep || depth > TREE_DEPTH;
    }
    if (deep)
        boot_warn(info, "device tree: nodes nested deeper than this are left out", TREE_DEPTH);
    if (unnamed > 0)
        boot_warn(info, "device tree: properties without a name", unnamed);
    return OK;
}

const struct tree_node *tree_walk_next(struct tree_walk *walk)
{
    /* The depth as the tokens say, which may be beyond what nodes[] holds. */
    uint32_t depth = walk->depth;
    struct token token;

    do {
        token = token_next(walk->tree, &walk->next);
        depth -= token.kind == TOKEN_END_NODE && depth > 0;
        if (token.kind == TOKEN_BEGIN_NODE && ++depth <= TREE_DEPTH) {
            struct tree_node *node = &walk->nodes[depth - 1];
            *node = (struct tree_node){
                .tree = walk->tree,
                .parent = depth > 1 ? node - 1 : NULL,
                .name = token.name,
                .properties = walk->next,
            };
            walk->depth = depth;
            return node;
        }
    } while (token.kind != TOKEN_END && token.kind != TOKEN_DAMAGED);
    return NULL;
}

struct tree_property tree_property(const struct tree_node *node, const char *name)
{
    struct token token = {.kind = TOKEN_NOP};
    uint32_t offset = node != NULL ? node->properties : 0;

    while (node != NULL && (token.kind == TOKEN_PROPERTY || token.kind == TOKEN_NOP)) {
        token = token_next(node->tree, &offset);
        if (token.kind == TOKEN_PROPERTY && string_equal(token.name, name))
            return token.property;
    }
    return (struct tree_property){.value = NULL};
}

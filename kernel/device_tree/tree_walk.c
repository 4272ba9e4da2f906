/*
 * Walking over the nodes of a device tree, and their properties.
 */
#include "device_tree/tokens.h"

#include "lib/string.h"

void tree_walk_begin(struct tree_walk *walk, const struct tree *tree)
{
    walk->tree = tree;
    walk->next = 0;
    walk->depth = 0;
}

bool tree_walk_next(struct tree_walk *walk)
{
    /* The depth as the tokens say, which may be beyond what levels[] holds. */
    uint32_t depth = walk->depth;

    for (;;) {
        struct tree_token token = tree_token_next(walk->tree, &walk->next);

        if (token.kind == TOKEN_BEGIN_NODE && ++depth <= TREE_DEPTH) {
            walk->levels[depth - 1] = (struct tree_level){token.name, walk->next};
            walk->depth = depth;
            return true;
        }
        if (token.kind == TOKEN_END_NODE && depth > 0)
            depth--;
        if (token.kind == TOKEN_END || token.kind == TOKEN_DAMAGED) {
            walk->depth = 0;
            return false;
        }
    }
}

bool tree_property(const struct tree_walk *walk, const char *name, struct tree_property *property)
{
    uint32_t offset = tree_node(walk)->properties;
    struct tree_token token;

    do {
        token = tree_token_next(walk->tree, &offset);
        if (token.kind == TOKEN_PROPERTY && string_equal(token.name, name)) {
            *property = token.property;
            return true;
        }
    } while (token.kind == TOKEN_PROPERTY || token.kind == TOKEN_NOP);
    return false;
}

const char *tree_property_text(const struct tree_walk *walk, const char *name)
{
    struct tree_property property;
    uint32_t cursor = 0;

    return tree_property(walk, name, &property) ? tree_next_string(&property, &cursor) : NULL;
}

bool tree_is_enabled(const struct tree_walk *walk)
{
    struct tree_walk node = *walk;

    for (; node.depth > 0; node.depth--) {
        const char *status = tree_property_text(&node, "status");
        if (status != NULL && !string_equal(status, "okay") && !string_equal(status, "ok"))
            return false;
    }
    return true;
}

bool tree_property_is(const struct tree_walk *walk, const char *name, const char *text)
{
    const char *value = tree_property_text(walk, name);

    return value != NULL && string_equal(value, text);
}

uint32_t tree_property_cell(const struct tree_walk *walk, const char *name, uint32_t otherwise)
{
    struct tree_property property;

    if (!tree_property(walk, name, &property) || property.size < sizeof(uint32_t))
        return otherwise;
    return tree_cell(property.value);
}

const char *tree_next_string(const struct tree_property *property, uint32_t *cursor)
{
    if (*cursor >= property->size)
        return NULL;
    const char *text = (const char *)property->value + *cursor;
    size_t room = property->size - *cursor;
    size_t length = strnlen(text, room);
    if (length == room)
        return NULL;
    *cursor += (uint32_t)length + 1;
    return text;
}

const struct tree_match *tree_match(const struct tree_walk *walk, const struct tree_match *table,
                                    size_t count)
{
    struct tree_property compatible = {.size = 0};
    uint32_t cursor = 0;
    const char *entry;

    (void)tree_property(walk, "compatible", &compatible);
    while ((entry = tree_next_string(&compatible, &cursor)) != NULL) {
        for (size_t i = 0; i < count; i++) {
            if (string_equal(entry, table[i].compatible))
                return &table[i];
        }
    }
    return NULL;
}

bool tree_read(const struct tree_property *property, uint32_t *cursor, uint32_t cells,
               uint64_t *value)
{
    uint64_t result = 0;

    if (*cursor > property->size || cells > (property->size - *cursor) / sizeof(uint32_t))
        return false;
    for (; cells > 0; cells--) {
        if (result >> 32 != 0)
            return false;
        result = result << 32 | tree_cell(property->value + *cursor);
        *cursor += sizeof(uint32_t);
    }
    *value = result;
    return true;
}

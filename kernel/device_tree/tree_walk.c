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

/* The next property of a node whose properties begin at *offset, or a token of another kind. */
static struct tree_token next_property(const struct tree *tree, uint32_t *offset)
{
    struct tree_token token;

    do
        token = tree_token_next(tree, offset);
    while (token.kind == TOKEN_NOP);
    return token;
}

/* The only string of a property, or NULL when it is empty or not terminated. */
static const char *only_string(const struct tree_property *property)
{
    uint32_t cursor = 0;

    return tree_next_string(property, &cursor);
}

/* The first cell of a property, or @p otherwise. */
static uint32_t first_cell(const struct tree_property *property, uint32_t otherwise)
{
    return property->size >= sizeof(uint32_t) ? tree_cell(property->value) : otherwise;
}

static bool status_allows(const struct tree_property *status)
{
    const char *text = only_string(status);

    return text == NULL || string_equal(text, "okay") || string_equal(text, "ok");
}

/* Keeps a property that matters to the node's children. */
static void note_property(struct tree_level *level, const struct tree_token *token)
{
    const struct tree_property *property = &token->property;
    const char *name = token->name;

    if (string_equal(name, "status"))
        level->enabled = level->enabled && status_allows(property);
    else if (string_equal(name, "interrupt-parent"))
        level->interrupt_parent = first_cell(property, level->interrupt_parent);
    else if (string_equal(name, "#address-cells"))
        level->address_cells = first_cell(property, level->address_cells);
    else if (string_equal(name, "#size-cells"))
        level->size_cells = first_cell(property, level->size_cells);
}

/* Fills in the level of a node that was just opened. */
static void open_level(struct tree_walk *walk, const char *name)
{
    const struct tree_level *parent = walk->depth > 1 ? &walk->levels[walk->depth - 2] : NULL;
    struct tree_level *level = &walk->levels[walk->depth - 1];
    uint32_t offset = walk->next;
    struct tree_token token;

    *level = (struct tree_level){
        .name = name,
        .properties = walk->next,
        .address_cells = 2, /* the defaults: Devicetree Specification 0.4, 2.3.5 */
        .size_cells = 1,
        .interrupt_parent = parent != NULL ? parent->interrupt_parent : 0,
        .enabled = parent == NULL || parent->enabled,
    };
    while ((token = next_property(walk->tree, &offset)).kind == TOKEN_PROPERTY)
        note_property(level, &token);
}

bool tree_walk_next(struct tree_walk *walk)
{
    /* The depth as the tokens say, which may be beyond what levels[] holds. */
    uint32_t depth = walk->depth;

    for (;;) {
        struct tree_token token = tree_token_next(walk->tree, &walk->next);

        if (token.kind == TOKEN_BEGIN_NODE && ++depth <= TREE_DEPTH) {
            walk->depth = depth;
            open_level(walk, token.name);
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

    while ((token = next_property(walk->tree, &offset)).kind == TOKEN_PROPERTY) {
        if (string_equal(token.name, name)) {
            *property = token.property;
            return true;
        }
    }
    return false;
}

const char *tree_property_text(const struct tree_walk *walk, const char *name)
{
    struct tree_property property;

    return tree_property(walk, name, &property) ? only_string(&property) : NULL;
}

bool tree_property_is(const struct tree_walk *walk, const char *name, const char *text)
{
    const char *value = tree_property_text(walk, name);

    return value != NULL && string_equal(value, text);
}

uint32_t tree_property_cell(const struct tree_walk *walk, const char *name, uint32_t otherwise)
{
    struct tree_property property;

    return tree_property(walk, name, &property) ? first_cell(&property, otherwise) : otherwise;
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

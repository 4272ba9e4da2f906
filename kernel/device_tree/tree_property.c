/*
 * The values of a device tree's properties: numbers, texts, lists of strings.
 */
#include "device_tree/tree.h"
#include "lib/string.h"

const char *tree_next_string(struct tree_property *property)
{
    const char *text = (const char *)property->value;
    size_t length = strnlen(text, property->size);

    if (length == property->size)
        return NULL;
    property->value += length + 1;
    property->size -= (uint32_t)length + 1;
    return text;
}

bool tree_read(struct tree_property *property, uint32_t cells, uint64_t *value)
{
    uint64_t result = 0;

    for (; cells > 0; cells--) {
        if (property->size < sizeof(uint32_t) || result >> 32 != 0)
            return false;
        result = result << 32 | tree_cell(property->value);
        property->value += sizeof(uint32_t);
        property->size -= sizeof(uint32_t);
    }
    *value = result;
    return true;
}

const char *tree_property_text(const struct tree_node *node, const char *name)
{
    struct tree_property property = tree_property(node, name);

    return tree_next_string(&property);
}

bool tree_property_is(const struct tree_node *node, const char *name, const char *text)
{
    const char *value = tree_property_text(node, name);

    return value != NULL && string_equal(value, text);
}

uint32_t tree_property_cell(const struct tree_node *node, const char *name, uint32_t otherwise)
{
    struct tree_property property = tree_property(node, name);

    return property.size >= sizeof(uint32_t) ? tree_cell(property.value) : otherwise;
}

bool tree_is_enabled(const struct tree_node *node)
{
    for (; node != NULL; node = node->parent) {
        const char *status = tree_property_text(node, "status");
        if (status != NULL && !string_equal(status, "okay") && !string_equal(status, "ok"))
            return false;
    }
    return true;
}

const struct tree_match *tree_match(const struct tree_node *node, const struct tree_match *table,
                                    size_t count)
{
    struct tree_property compatible = tree_property(node, "compatible");
    const char *entry;

    while ((entry = tree_next_string(&compatible)) != NULL) {
        for (size_t i = 0; i < count; i++) {
            if (string_equal(entry, table[i].compatible))
                return &table[i];
        }
    }
    return NULL;
}

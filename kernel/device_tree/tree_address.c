/*
 * What refers to other nodes: paths, phandles, addresses through the buses above, interrupts.
 */
#include "cairn/error.h"
#include "device_tree/tree.h"
#include "lib/string.h"

enum {
    INTERRUPT_CELLS_GIC = 3,
    GIC_PRIVATE = 1, /* the first cell of a private interrupt */
    GIC_PRIVATE_BASE = 16,
    GIC_SHARED_BASE = 32,
};

/* Whether a component of a path ends here; a colon ends the whole path (see `stdout-path`). */
static bool component_ends(char byte)
{
    return byte == '\0' || byte == '/' || byte == ':';
}

/*
 * The length of the first component of @p path if the node's name is it, with or without the unit
 * address; else 0.
 */
static size_t component_match(const char *path, const char *name)
{
    size_t length = 0;

    while (!component_ends(path[length]) && path[length] == name[length])
        length++;
    if (!component_ends(path[length]) || (name[length] != '\0' && name[length] != '@'))
        return 0;
    return length;
}

const struct tree_node *tree_find_path(struct tree_walk *walk, const struct tree *tree,
                                       const char *path)
{
    uint32_t matched = 1; /* nodes that lie on the path; the root does */
    size_t length = 0;

    *walk = (struct tree_walk){.tree = tree};
    const struct tree_node *node = path[0] == '/' ? tree_walk_next(walk) : NULL;
    for (; node != NULL; path += length) {
        while (*path == '/')
            path++;
        if (component_ends(*path))
            break;
        do {
            node = tree_walk_next(walk);
            if (node == NULL || walk->depth <= matched)
                return NULL;
            length = component_match(path, node->name);
        } while (walk->depth != matched + 1 || length == 0);
        matched++;
    }
    return node;
}

const struct tree_node *tree_find_reference(struct tree_walk *walk, const struct tree_node *node,
                                            const char *name)
{
    uint32_t phandle = tree_property_cell(node, name, 0);

    *walk = (struct tree_walk){.tree = node->tree};
    node = NULL;
    while (phandle != 0 && (node = tree_walk_next(walk)) != NULL &&
           tree_property_cell(node, "phandle", 0) != phandle)
        ;
    return node;
}

/* The defaults: Devicetree Specification 0.4, 2.3.5. */
uint32_t tree_address_cells(const struct tree_node *bus)
{
    return tree_property_cell(bus, "#address-cells", 2);
}

uint32_t tree_size_cells(const struct tree_node *bus)
{
    return tree_property_cell(bus, "#size-cells", 1);
}

/*
 * Looks for the entry of a bus's `ranges` that holds [*address, *address + size) and moves the
 * address to the bus above.
 */
static bool translate_once(struct tree_property ranges, const struct tree_node *bus,
                           uint64_t *address, uint64_t size)
{
    uint32_t child_cells = tree_address_cells(bus);
    uint32_t parent_cells = tree_address_cells(bus->parent);
    uint32_t size_cells = tree_size_cells(bus);
    uint64_t child;
    uint64_t parent;
    uint64_t length;

    if ((child_cells | parent_cells | size_cells) == 0)
        return false;
    while (tree_read(&ranges, child_cells, &child) && tree_read(&ranges, parent_cells, &parent) &&
           tree_read(&ranges, size_cells, &length)) {
        if (*address >= child && range_within(*address - child, size, length))
            return !__builtin_add_overflow(parent, *address - child, address);
    }
    return false;
}

bool tree_translate(const struct tree_node *bus, uint64_t *address, uint64_t size)
{
    for (; bus->parent != NULL; bus = bus->parent) {
        struct tree_property ranges = tree_property(bus, "ranges");
        if (ranges.value == NULL ||
            (ranges.size > 0 && !translate_once(ranges, bus, address, size)))
            return false;
    }
    return true;
}

int tree_register(const struct tree_node *node, uint32_t index, uint64_t *address, uint64_t *size)
{
    struct tree_property reg = tree_property(node, "reg");
    uint64_t last;

    if (node->parent == NULL || reg.value == NULL)
        return ERROR_NOT_FOUND;
    uint32_t address_cells = tree_address_cells(node->parent);
    uint32_t size_cells = tree_size_cells(node->parent);
    uint64_t entry = ((uint64_t)address_cells + size_cells) * sizeof(uint32_t);
    if (entry == 0 || entry > reg.size)
        return ERROR_CORRUPT;
    if (index >= reg.size / entry)
        return ERROR_NOT_FOUND;
    reg.value += index * entry;
    reg.size -= (uint32_t)(index * entry);
    if (!tree_read(&reg, address_cells, address) || !tree_read(&reg, size_cells, size) ||
        !tree_translate(node->parent, address, *size) ||
        (*size > 0 && __builtin_add_overflow(*address, *size - 1, &last)))
        return ERROR_CORRUPT;
    return OK;
}

bool tree_interrupt(const struct tree_node *node, uint32_t index, uint32_t *number)
{
    struct tree_property interrupts = tree_property(node, "interrupts");
    struct tree_walk walk;
    uint64_t first;
    uint64_t second;

    /* The node or one above tells the controller. */
    while (node->parent != NULL && tree_property_cell(node, "interrupt-parent", 0) == 0)
        node = node->parent;
    uint32_t cells = tree_property_cell(tree_find_reference(&walk, node, "interrupt-parent"),
                                        "#interrupt-cells", 0);
    for (uint64_t before = (uint64_t)index * cells; before > 0; before--) {
        if (!tree_read(&interrupts, 1, &first))
            return false;
    }
    if (cells == 0 || !tree_read(&interrupts, 1, &first))
        return false;
    *number = (uint32_t)first;
    if (cells < INTERRUPT_CELLS_GIC)
        return true;
    uint32_t base = first == GIC_PRIVATE ? GIC_PRIVATE_BASE : GIC_SHARED_BASE;
    return tree_read(&interrupts, 1, &second) &&
           !__builtin_add_overflow((uint32_t)second, base, number);
}

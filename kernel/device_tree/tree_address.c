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

bool tree_find_path(struct tree_walk *walk, const struct tree *tree, const char *path)
{
    uint32_t matched = 1; /* levels that lie on the path; the root does */

    tree_walk_begin(walk, tree);
    if (path[0] != '/' || !tree_walk_next(walk))
        return false;
    for (;;) {
        while (*path == '/')
            path++;
        if (component_ends(*path))
            return true;
        do {
            if (!tree_walk_next(walk) || walk->depth <= matched)
                return false;
        } while (walk->depth != matched + 1 || component_match(path, tree_node(walk)->name) == 0);
        path += component_match(path, tree_node(walk)->name);
        matched++;
    }
}

bool tree_find_phandle(struct tree_walk *walk, const struct tree *tree, uint32_t phandle)
{
    tree_walk_begin(walk, tree);
    while (phandle != 0 && tree_walk_next(walk)) {
        if (tree_property_cell(walk, "phandle", 0) == phandle)
            return true;
    }
    return false;
}

/* A property of levels[level] that says how its children write something. */
static uint32_t level_cell(const struct tree_walk *walk, uint32_t level, const char *name,
                           uint32_t otherwise)
{
    struct tree_walk node = *walk;

    node.depth = level + 1;
    return tree_property_cell(&node, name, otherwise);
}

/* The defaults: Devicetree Specification 0.4, 2.3.5. */
uint32_t tree_address_cells(const struct tree_walk *walk, uint32_t level)
{
    return level_cell(walk, level, "#address-cells", 2);
}

uint32_t tree_size_cells(const struct tree_walk *walk, uint32_t level)
{
    return level_cell(walk, level, "#size-cells", 1);
}

/*
 * Looks for the entry of a bus's `ranges` that holds [*address, *address + size) and moves the
 * address to the bus above.
 */
static bool translate_once(const struct tree_property *ranges, const struct tree_walk *bus,
                           uint64_t *address, uint64_t size)
{
    uint32_t level = bus->depth - 1;
    uint32_t child_cells = tree_address_cells(bus, level);
    uint32_t parent_cells = tree_address_cells(bus, level - 1);
    uint32_t size_cells = tree_size_cells(bus, level);
    uint32_t cursor = 0;
    uint64_t child;
    uint64_t parent;
    uint64_t length;

    if ((child_cells | parent_cells | size_cells) == 0)
        return false;
    while (tree_read(ranges, &cursor, child_cells, &child) &&
           tree_read(ranges, &cursor, parent_cells, &parent) &&
           tree_read(ranges, &cursor, size_cells, &length)) {
        if (*address >= child && range_within(*address - child, size, length))
            return !__builtin_add_overflow(parent, *address - child, address);
    }
    return false;
}

bool tree_translate(const struct tree_walk *walk, uint32_t level, uint64_t *address, uint64_t size)
{
    struct tree_walk bus = *walk;
    struct tree_property ranges;

    for (; level > 0; level--) {
        bus.depth = level + 1;
        if (!tree_property(&bus, "ranges", &ranges))
            return false;
        if (ranges.size > 0 && !translate_once(&ranges, &bus, address, size))
            return false;
    }
    return true;
}

int tree_register(const struct tree_walk *walk, uint32_t index, uint64_t *address, uint64_t *size)
{
    struct tree_property property;
    uint32_t cursor = 0;
    uint64_t last;

    if (walk->depth < 2 || !tree_property(walk, "reg", &property))
        return ERROR_NOT_FOUND;
    uint32_t address_cells = tree_address_cells(walk, walk->depth - 2);
    uint32_t size_cells = tree_size_cells(walk, walk->depth - 2);
    uint64_t cells = (uint64_t)address_cells + size_cells;
    if (cells == 0 || cells > property.size / sizeof(uint32_t))
        return ERROR_CORRUPT;
    if (index >= property.size / (cells * sizeof(uint32_t)))
        return ERROR_NOT_FOUND;
    cursor = (uint32_t)(index * cells * sizeof(uint32_t));
    if (!tree_read(&property, &cursor, address_cells, address) ||
        !tree_read(&property, &cursor, size_cells, size))
        return ERROR_CORRUPT;
    if (!tree_translate(walk, walk->depth - 2, address, *size))
        return ERROR_CORRUPT;
    if (*size > 0 && __builtin_add_overflow(*address, *size - 1, &last))
        return ERROR_CORRUPT;
    return OK;
}

/* The phandle of the controller that the node's interrupts go to, told by it or a node above. */
static uint32_t interrupt_parent(const struct tree_walk *walk)
{
    uint32_t phandle = 0;

    for (uint32_t level = walk->depth; phandle == 0 && level-- > 0;)
        phandle = level_cell(walk, level, "interrupt-parent", 0);
    return phandle;
}

/* Numbers an interrupt the way its controller does, from the cells that name it. */
static bool interrupt_number(const struct tree_property *property, uint32_t cursor, uint32_t cells,
                             uint32_t *number)
{
    uint64_t first;
    uint64_t second;

    if (cells == 0 || !tree_read(property, &cursor, 1, &first))
        return false;
    if (cells < INTERRUPT_CELLS_GIC) {
        *number = (uint32_t)first;
        return true;
    }
    if (!tree_read(property, &cursor, 1, &second))
        return false;
    return !__builtin_add_overflow(
        (uint32_t)second,
        first == GIC_PRIVATE ? (uint32_t)GIC_PRIVATE_BASE : (uint32_t)GIC_SHARED_BASE, number);
}

bool tree_interrupt(const struct tree_walk *walk, uint32_t index, uint32_t *number)
{
    struct tree_property property;
    struct tree_walk controller;
    uint64_t cursor;

    if (!tree_property(walk, "interrupts", &property) ||
        !tree_find_phandle(&controller, walk->tree, interrupt_parent(walk)))
        return false;
    uint32_t cells = tree_property_cell(&controller, "#interrupt-cells", 0);
    if (__builtin_mul_overflow((uint64_t)index * cells, sizeof(uint32_t), &cursor) ||
        cursor >= property.size)
        return false;
    return interrupt_number(&property, (uint32_t)cursor, cells, number);
}

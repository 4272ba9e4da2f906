/*
 * Memory in a device tree: what there is, what is reserved, which node it belongs to and how far
 * the nodes are apart. Devicetree Specification 0.4, 3.4, 3.5 and 5.3; numa.txt of the bindings.
 */
#include "cairn/error.h"
#include "device_tree/topics.h"

void read_memory(struct boot_info *info, const struct tree_node *node, enum memory_kind kind)
{
    uint32_t domain = boot_node(info, tree_property_cell(node, "numa-node-id", 0));
    uint64_t base;
    uint64_t size;
    uint32_t entry = 0;
    int error = OK;

    if (!tree_is_enabled(node))
        return;
    for (; (error = tree_register(node, entry, &base, &size)) == OK; entry++) {
        boot_add_memory(info, base, size, kind);
        if (kind == MEMORY_USABLE)
            boot_add_node_range(info, base, size, domain);
    }
    /* Reserved memory without reg may be anywhere; that is for its driver to reserve. */
    if (error != ERROR_NOT_FOUND || (entry == 0 && kind == MEMORY_USABLE))
        boot_warn(info, "device tree: bad entry of a memory node", entry);
}

void read_reservations(struct boot_info *info, const struct tree *tree)
{
    struct tree_property block = {tree->reservations, tree->reservations_size};
    uint64_t base;
    uint64_t size;

    for (;;) {
        if (!tree_read(&block, 2, &base) || !tree_read(&block, 2, &size)) {
            boot_warn(info, "device tree: the reservations have no end", tree->reservations_size);
            return;
        }
        if (base == 0 && size == 0)
            return;
        boot_add_memory(info, base, size, MEMORY_RESERVED);
    }
}

void read_distances(struct boot_info *info, const struct tree_node *node)
{
    struct tree_property matrix = tree_property(node, "distance-matrix");
    uint64_t from;
    uint64_t to;
    uint64_t distance;

    if (matrix.value == NULL)
        boot_warn(info, "device tree: distance map without a matrix", 0);
    if (matrix.size % (3 * sizeof(uint32_t)) != 0)
        boot_warn(info, "device tree: the distance matrix is cut short", matrix.size);
    while (tree_read(&matrix, 1, &from) && tree_read(&matrix, 1, &to) &&
           tree_read(&matrix, 1, &distance))
        boot_set_distance(info, from, to, distance);
}

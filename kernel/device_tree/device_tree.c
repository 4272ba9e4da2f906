/*
 * From a device tree to boot_info: one walk over all nodes, which hands each node to what reads its
 * kind. Devices are known by `compatible`, never by their path.
 */
#include "device_tree/device_tree.h"

#include "cairn/error.h"
#include "device_tree/topics.h"
#include "lib/string.h"

static const struct tree_match readers[] = {
    {.compatible = "arm,armv8-timer", .read = read_arm_timer},
    {.compatible = "arm,gic-v3", .read = read_gic},
    {.compatible = "arm,gic-v3-its", .kind = BOOT_GIC_ITS},
    {.compatible = "arm,pl031", .read = read_clock},
    {.compatible = "arm,psci-0.2", .read = read_psci},
    {.compatible = "arm,psci-1.0", .read = read_psci},
    {.compatible = "google,goldfish-rtc", .read = read_clock},
    {.compatible = "numa-distance-map-v1", .read = read_distances},
    {.compatible = "pci-host-ecam-generic", .read = read_pci},
    {.compatible = "riscv,aplic", .read = read_aplic},
    {.compatible = "riscv,clint0", .kind = BOOT_CLINT},
    {.compatible = "riscv,imsics", .read = read_imsic},
    {.compatible = "riscv,plic0", .kind = BOOT_PLIC},
    {.compatible = "sifive,clint0", .kind = BOOT_CLINT},
    {.compatible = "sifive,plic-1.0.0", .kind = BOOT_PLIC},
    {.compatible = "sifive,test0", .read = read_test_device},
    {.compatible = "syscon-poweroff", .read = read_syscon_power_off},
};

/* Devices: with a reader of their own, or interrupt controllers that have nothing of their own. */
static void read_device(struct boot_info *info, const struct tree_node *node)
{
    const struct tree_match *match = tree_match(node, readers, ARRAY_COUNT(readers));

    if (match == NULL || !tree_is_enabled(node))
        return;
    if (match->read != NULL)
        match->read(info, node);
    else
        read_controller(info, node, match->kind);
}

/* Whether the node is the root's child of that name. */
static bool is_top(const struct tree_node *node, const char *name)
{
    return node->parent != NULL && node->parent->parent == NULL && string_equal(node->name, name);
}

/* Some nodes are known by their place or type rather than by `compatible`. */
static void read_node(struct boot_info *info, const struct tree_node *node)
{
    if (node->parent == NULL)
        read_machine(info, node);
    else if (is_top(node, "chosen"))
        read_chosen(info, node);
    else if (is_top(node, "cpus"))
        read_processors(info, node);
    else if (is_top(node->parent, "reserved-memory"))
        read_memory(info, node, MEMORY_RESERVED);
    else if (is_top(node->parent, "cpus") && tree_property_is(node, "device_type", "cpu"))
        read_processor(info, node);
    else if (tree_property_is(node, "device_type", "memory"))
        read_memory(info, node, MEMORY_USABLE);
    else
        read_device(info, node);
}

int device_tree_parse(struct boot_info *info, const void *blob, size_t size)
{
    struct tree tree;
    int result = tree_open(&tree, info, blob, size);
    struct tree_walk walk = {.tree = &tree};
    const struct tree_node *node;

    info->source = "device tree";
    if (info->node_count == 0)
        info->node_count = 1;
    read_reservations(info, &tree);
    while ((node = tree_walk_next(&walk)) != NULL)
        read_node(info, node);
    read_contexts(info, &tree);
    read_console(info, &tree);
    if (info->firmware_memory.count == 0)
        boot_warn(info, "device tree: tells of no memory", 0);
    if (info->processor_count == 0)
        boot_warn(info, "device tree: tells of no processor", 0);
    return result;
}

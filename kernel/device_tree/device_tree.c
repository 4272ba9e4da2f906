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
static void read_device(struct boot_info *info, const struct tree_walk *walk)
{
    const struct tree_match *match = tree_match(walk, readers, ARRAY_COUNT(readers));

    if (match == NULL || !tree_is_enabled(walk))
        return;
    if (match->read != NULL)
        match->read(info, walk);
    else
        read_controller(info, walk, match->kind);
}

/* Some nodes are known by their place or type rather than by `compatible`. */
static void read_node(struct boot_info *info, const struct tree_walk *walk)
{
    const char *name = tree_node(walk)->name;
    const char *parent = walk->depth >= 2 ? walk->levels[walk->depth - 2].name : "";

    if (walk->depth == 1)
        read_machine(info, walk);
    else if (walk->depth == 2 && string_equal(name, "chosen"))
        read_chosen(info, walk);
    else if (walk->depth == 2 && string_equal(name, "cpus"))
        read_processors(info, walk);
    else if (walk->depth == 3 && string_equal(parent, "reserved-memory"))
        read_memory(info, walk, MEMORY_RESERVED);
    else if (walk->depth == 3 && string_equal(parent, "cpus") &&
             tree_property_is(walk, "device_type", "cpu"))
        read_processor(info, walk);
    else if (tree_property_is(walk, "device_type", "memory"))
        read_memory(info, walk, MEMORY_USABLE);
    else
        read_device(info, walk);
}

int device_tree_parse(struct boot_info *info, const void *blob, size_t size)
{
    struct tree tree;
    struct tree_walk walk;
    int result = tree_open(&tree, info, blob, size);

    info->source = "device tree";
    if (info->node_count == 0)
        info->node_count = 1;
    read_reservations(info, &tree);
    tree_walk_begin(&walk, &tree);
    while (tree_walk_next(&walk))
        read_node(info, &walk);
    read_contexts(info, &tree);
    read_console(info, &tree);
    if (info->firmware_memory.count == 0)
        boot_warn(info, "device tree: tells of no memory", 0);
    if (info->processor_count == 0)
        boot_warn(info, "device tree: tells of no processor", 0);
    return result;
}

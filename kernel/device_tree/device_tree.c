/*
 * From a device tree to boot_info: one walk over all nodes, which hands each node to what reads its
 * kind. Devices are known by `compatible`, never by their path.
 */
#include "device_tree/device_tree.h"

#include "cairn/error.h"
#include "device_tree/topics.h"
#include "lib/string.h"

/* What reads the devices that call themselves compatible. */
struct reader {
    const char *compatible;
    void (*read)(struct boot_info *info, const struct tree_walk *walk);
};

static const struct reader readers[] = {
    {"arm,armv8-timer", read_arm_timer},
    {"arm,gic-v3", read_gic},
    {"arm,gic-v3-its", read_gic_its},
    {"arm,pl031", read_clock},
    {"arm,psci-0.2", read_psci},
    {"arm,psci-1.0", read_psci},
    {"google,goldfish-rtc", read_clock},
    {"numa-distance-map-v1", read_distances},
    {"pci-host-ecam-generic", read_pci},
    {"riscv,aplic", read_aplic},
    {"riscv,clint0", read_clint},
    {"riscv,imsics", read_imsic},
    {"riscv,plic0", read_plic},
    {"sifive,clint0", read_clint},
    {"sifive,plic-1.0.0", read_plic},
    {"sifive,test0", read_test_device},
    {"syscon-poweroff", read_syscon_power_off},
};

/* The reader for the first of the node's `compatible` strings that has one. */
static const struct reader *find_reader(const struct tree_walk *walk)
{
    const char *entry;
    uint32_t cursor = 0;

    while ((entry = tree_next_string(&tree_node(walk)->compatible, &cursor)) != NULL) {
        for (size_t i = 0; i < ARRAY_COUNT(readers); i++) {
            if (string_equal(entry, readers[i].compatible))
                return &readers[i];
        }
    }
    return NULL;
}

/* Nodes that are known by their place or type rather than by `compatible`. */
static bool read_by_place(struct boot_info *info, const struct tree_walk *walk)
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
        read_reserved(info, walk);
    else if (walk->depth == 3 && string_equal(parent, "cpus") && tree_has_type(walk, "cpu"))
        read_processor(info, walk);
    else if (tree_has_type(walk, "memory"))
        read_memory(info, walk);
    else
        return false;
    return true;
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
    while (tree_walk_next(&walk)) {
        if (read_by_place(info, &walk) || !tree_node(&walk)->enabled)
            continue;
        const struct reader *reader = find_reader(&walk);
        if (reader != NULL)
            reader->read(info, &walk);
    }
    read_console(info, &tree);
    if (info->firmware_memory.count == 0)
        boot_warn(info, "device tree: tells of no memory", 0);
    if (info->processor_count == 0)
        boot_warn(info, "device tree: tells of no processor", 0);
    return result;
}

/*
 * Interrupt controllers in a device tree: arm,gic-v3.yaml, sifive,plic-1.0.0.yaml,
 * sifive,clint.yaml, riscv,aplic.yaml and riscv,imsics.yaml of the bindings.
 */
#include "cairn/error.h"
#include "device_tree/topics.h"

enum {
    RISCV_SUPERVISOR_EXTERNAL = 9, /* a hart's local interrupt: Privileged Architecture, 4.1.3 */
    IMSIC_GUEST_BITS_MAX = 7,
    CONTEXTS_MAX = 4 * BOOT_PROCESSORS,
};

#define ALL_ENTRIES UINT32_MAX

/*
 * Adds a controller for each entry of `reg` from first to last, or to the end when last is
 * ALL_ENTRIES; at least one must be there.
 */
static void add_controllers(struct boot_info *info, const struct tree_walk *walk,
                            struct boot_controller controller, uint32_t first, uint32_t last)
{
    uint32_t entry = first;

    for (; entry <= last && entry < BOOT_CONTROLLERS; entry++) {
        if (tree_register(walk, entry, &controller.address, &controller.size) != OK ||
            controller.size == 0)
            break;
        boot_add_controller(info, &controller);
    }
    if (entry == first || (entry <= last && last != ALL_ENTRIES))
        boot_warn(info, "device tree: bad registers of an interrupt controller, kind",
                  controller.kind);
}

void read_controller(struct boot_info *info, const struct tree_walk *walk,
                     enum boot_controller_kind kind)
{
    struct boot_controller controller = {.kind = kind};

    controller.interrupts = tree_property_cell(walk, "riscv,ndev", 0);
    if (kind == BOOT_PLIC && controller.interrupts == 0)
        boot_warn(info, "device tree: PLIC without sources", 0);
    add_controllers(info, walk, controller, 0, 0);
}

void read_gic(struct boot_info *info, const struct tree_walk *walk)
{
    const struct boot_controller redistributor = {.kind = BOOT_GIC_REDISTRIBUTOR};

    read_controller(info, walk, BOOT_GIC_DISTRIBUTOR);
    add_controllers(info, walk, redistributor, 1,
                    tree_property_cell(walk, "#redistributor-regions", 1));
}

/* Whether the node's interrupts go to the harts' supervisor mode. */
static bool is_supervisor(const struct tree_walk *walk)
{
    struct tree_property property;
    uint32_t cursor = sizeof(uint32_t); /* past the first hart's phandle */
    uint64_t interrupt;

    return tree_property(walk, "interrupts-extended", &property) &&
           tree_read(&property, &cursor, 1, &interrupt) && interrupt == RISCV_SUPERVISOR_EXTERNAL;
}

void read_aplic(struct boot_info *info, const struct tree_walk *walk)
{
    struct boot_controller controller = {.kind = BOOT_APLIC};
    struct tree_walk messages;

    controller.interrupts = tree_property_cell(walk, "riscv,num-sources", 0);
    controller.first_interrupt = is_supervisor(walk);
    if (tree_find_phandle(&messages, walk->tree, tree_property_cell(walk, "msi-parent", 0)))
        controller.first_interrupt = is_supervisor(&messages);
    add_controllers(info, walk, controller, 0, 0);
}

void read_imsic(struct boot_info *info, const struct tree_walk *walk)
{
    struct boot_controller controller = {.kind = BOOT_IMSIC};
    uint32_t guest_bits = tree_property_cell(walk, "riscv,guest-index-bits", 0);

    /* A hart's files for guests lie behind its own. */
    if (guest_bits > IMSIC_GUEST_BITS_MAX) {
        boot_warn(info, "device tree: IMSIC with too many files of guests", guest_bits);
        return;
    }
    controller.stride = (uint32_t)PAGE_SIZE << guest_bits;
    controller.interrupts = tree_property_cell(walk, "riscv,num-ids", 0);
    controller.first_interrupt = is_supervisor(walk);
    add_controllers(info, walk, controller, 0, ALL_ENTRIES);
}

/* Which entry of `interrupts-extended` is the supervisor's interrupt at that phandle, from 1 on. */
static uint32_t find_context(const struct tree_property *entries, uint32_t phandle)
{
    uint32_t cursor = 0;
    uint64_t parent;
    uint64_t interrupt;

    for (uint32_t context = 1; context <= CONTEXTS_MAX && tree_read(entries, &cursor, 1, &parent) &&
                               tree_read(entries, &cursor, 1, &interrupt);
         context++) {
        if (parent == phandle && interrupt == RISCV_SUPERVISOR_EXTERNAL)
            return context;
    }
    return 0;
}

/* The entries name the harts' own interrupt controllers, which are children of the `cpu` nodes. */
static void read_contexts_of(struct boot_info *info, const struct tree_walk *controller)
{
    static const struct tree_match local = {.compatible = "riscv,cpu-intc"};
    struct tree_property entries;
    struct boot_processor *processor;
    struct tree_walk walk;
    uint64_t hart;

    if (!tree_property(controller, "interrupts-extended", &entries))
        return;
    tree_walk_begin(&walk, controller->tree);
    while (tree_walk_next(&walk)) {
        uint32_t phandle = tree_property_cell(&walk, "phandle", 0);
        if (phandle == 0 || walk.depth < 3 || tree_match(&walk, &local, 1) == NULL)
            continue;
        struct tree_walk parent = walk;
        parent.depth--;
        if (read_processor_number(&parent, &hart) &&
            (processor = boot_find_processor(info, hart)) != NULL)
            processor->context = find_context(&entries, phandle);
    }
}

void read_contexts(struct boot_info *info, const struct tree *tree)
{
    static const struct tree_match table[] = {
        {"sifive,plic-1.0.0", BOOT_PLIC, NULL},
        {"riscv,plic0", BOOT_PLIC, NULL},
        {"riscv,imsics", BOOT_IMSIC, NULL},
    };
    struct tree_walk walk;

    tree_walk_begin(&walk, tree);
    while (tree_walk_next(&walk)) {
        const struct tree_match *match = tree_match(&walk, table, ARRAY_COUNT(table));
        if (match != NULL && tree_is_enabled(&walk) &&
            (match->kind == BOOT_PLIC || is_supervisor(&walk))) {
            read_contexts_of(info, &walk);
            return;
        }
    }
}

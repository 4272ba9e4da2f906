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
static void add_controllers(struct boot_info *info, const struct tree_node *node,
                            struct boot_controller controller, uint32_t first, uint32_t last)
{
    uint32_t entry = first;

    for (; entry <= last && entry < BOOT_CONTROLLERS; entry++) {
        if (tree_register(node, entry, &controller.address, &controller.size) != OK ||
            controller.size == 0)
            break;
        boot_add_controller(info, &controller);
    }
    if (entry == first || (entry <= last && last != ALL_ENTRIES))
        boot_warn(info, "device tree: bad registers of an interrupt controller, kind",
                  controller.kind);
}

void read_controller(struct boot_info *info, const struct tree_node *node,
                     enum boot_controller_kind kind)
{
    struct boot_controller controller = {.kind = kind};

    controller.interrupts = tree_property_cell(node, "riscv,ndev", 0);
    if (kind == BOOT_PLIC && controller.interrupts == 0)
        boot_warn(info, "device tree: PLIC without sources", 0);
    add_controllers(info, node, controller, 0, 0);
}

void read_gic(struct boot_info *info, const struct tree_node *node)
{
    const struct boot_controller redistributor = {.kind = BOOT_GIC_REDISTRIBUTOR};

    read_controller(info, node, BOOT_GIC_DISTRIBUTOR);
    add_controllers(info, node, redistributor, 1,
                    tree_property_cell(node, "#redistributor-regions", 1));
}

/* Whether the node's interrupts go to the harts' supervisor mode. */
static bool is_supervisor(const struct tree_node *node)
{
    struct tree_property entries = tree_property(node, "interrupts-extended");
    uint64_t hart;
    uint64_t interrupt;

    return tree_read(&entries, 1, &hart) && tree_read(&entries, 1, &interrupt) &&
           interrupt == RISCV_SUPERVISOR_EXTERNAL;
}

void read_aplic(struct boot_info *info, const struct tree_node *node)
{
    struct boot_controller controller = {.kind = BOOT_APLIC};
    struct tree_walk walk;
    const struct tree_node *messages = tree_find_reference(&walk, node, "msi-parent");

    controller.interrupts = tree_property_cell(node, "riscv,num-sources", 0);
    controller.first_interrupt = is_supervisor(messages != NULL ? messages : node);
    add_controllers(info, node, controller, 0, 0);
}

void read_imsic(struct boot_info *info, const struct tree_node *node)
{
    struct boot_controller controller = {.kind = BOOT_IMSIC};
    uint32_t guest_bits = tree_property_cell(node, "riscv,guest-index-bits", 0);

    /* A hart's files for guests lie behind its own. */
    if (guest_bits > IMSIC_GUEST_BITS_MAX) {
        boot_warn(info, "device tree: IMSIC with too many files of guests", guest_bits);
        return;
    }
    controller.stride = (uint32_t)PAGE_SIZE << guest_bits;
    controller.interrupts = tree_property_cell(node, "riscv,num-ids", 0);
    controller.first_interrupt = is_supervisor(node);
    add_controllers(info, node, controller, 0, ALL_ENTRIES);
}

/* Which entry of `interrupts-extended` is the supervisor's interrupt at that phandle, from 1 on. */
static uint32_t find_context(struct tree_property entries, uint32_t phandle)
{
    uint64_t parent;
    uint64_t interrupt;

    for (uint32_t context = 1; context <= CONTEXTS_MAX && tree_read(&entries, 1, &parent) &&
                               tree_read(&entries, 1, &interrupt);
         context++) {
        if (parent == phandle && interrupt == RISCV_SUPERVISOR_EXTERNAL)
            return context;
    }
    return 0;
}

/* The entries name the harts' own interrupt controllers, which are children of the `cpu` nodes. */
static void read_contexts_of(struct boot_info *info, const struct tree_node *controller)
{
    static const struct tree_match local = {.compatible = "riscv,cpu-intc"};
    struct tree_property entries = tree_property(controller, "interrupts-extended");
    struct tree_walk walk = {.tree = controller->tree};
    const struct tree_node *node;

    while (entries.size > 0 && (node = tree_walk_next(&walk)) != NULL) {
        uint32_t phandle = tree_property_cell(node, "phandle", 0);
        struct boot_processor *processor;
        uint64_t hart;
        if (phandle != 0 && walk.depth >= 3 && tree_match(node, &local, 1) != NULL &&
            read_processor_number(node->parent, &hart) &&
            (processor = boot_find_processor(info, hart)) != NULL)
            processor->context = find_context(entries, phandle);
    }
}

void read_contexts(struct boot_info *info, const struct tree *tree)
{
    static const struct tree_match table[] = {
        {"sifive,plic-1.0.0", BOOT_PLIC, NULL},
        {"riscv,plic0", BOOT_PLIC, NULL},
        {"riscv,imsics", BOOT_IMSIC, NULL},
    };
    struct tree_walk walk = {.tree = tree};
    const struct tree_node *node;

    while ((node = tree_walk_next(&walk)) != NULL) {
        const struct tree_match *match = tree_match(node, table, ARRAY_COUNT(table));
        if (match != NULL && tree_is_enabled(node) &&
            (match->kind == BOOT_PLIC || is_supervisor(node))) {
            read_contexts_of(info, node);
            return;
        }
    }
}

/*
 * Interrupt controllers in a device tree: arm,gic-v3.yaml, sifive,plic-1.0.0.yaml,
 * sifive,clint.yaml, riscv,aplic.yaml and riscv,imsics.yaml of the bindings.
 */
#include "cairn/error.h"
#include "device_tree/topics.h"

/* A hart's local interrupt: Privileged Architecture, 4.1.3. */
enum { RISCV_SUPERVISOR_EXTERNAL = 9 };

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

    controller.interrupts = tree_property_cell(walk, "riscv,num-ids", 0);
    controller.first_interrupt = is_supervisor(walk);
    add_controllers(info, walk, controller, 0, ALL_ENTRIES);
}

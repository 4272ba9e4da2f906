/*
 * Interrupt controllers in a device tree: arm,gic-v3.yaml, sifive,plic-1.0.0.yaml,
 * sifive,clint.yaml, riscv,aplic.yaml and riscv,imsics.yaml of the bindings.
 */
#include "cairn/error.h"
#include "device_tree/topics.h"

enum {
    RISCV_SUPERVISOR_EXTERNAL = 9
}; /* a hart's local interrupt: Privileged Architecture, 4.1.3 */

/* Adds the controller whose registers are the node's entry @p index of `reg`. */
static int add_controller(struct boot_info *info, const struct tree_walk *walk, uint32_t index,
                          struct boot_controller controller)
{
    int error = tree_register(walk, index, &controller.address, &controller.size);

    if (error == OK && controller.size == 0)
        error = ERROR_CORRUPT;
    if (error == OK)
        boot_add_controller(info, &controller);
    return error;
}

/* The same for the first entry, which must be there. */
static void add_only_controller(struct boot_info *info, const struct tree_walk *walk,
                                struct boot_controller controller)
{
    if (add_controller(info, walk, 0, controller) != OK)
        boot_warn(info, "device tree: bad registers of an interrupt controller, kind",
                  controller.kind);
}

void read_gic(struct boot_info *info, const struct tree_walk *walk)
{
    uint32_t regions = tree_property_cell(walk, "#redistributor-regions", 1);

    add_only_controller(info, walk, (struct boot_controller){.kind = BOOT_GIC_DISTRIBUTOR});
    for (uint32_t i = 1; i <= regions && i <= BOOT_CONTROLLERS; i++) {
        if (add_controller(info, walk, i,
                           (struct boot_controller){.kind = BOOT_GIC_REDISTRIBUTOR}) != OK) {
            boot_warn(info, "device tree: bad registers of a GIC redistributor", i);
            return;
        }
    }
}

void read_gic_its(struct boot_info *info, const struct tree_walk *walk)
{
    add_only_controller(info, walk, (struct boot_controller){.kind = BOOT_GIC_ITS});
}

void read_plic(struct boot_info *info, const struct tree_walk *walk)
{
    uint32_t sources = tree_property_cell(walk, "riscv,ndev", 0);

    if (sources == 0)
        boot_warn(info, "device tree: PLIC without sources", sources);
    add_only_controller(info, walk,
                        (struct boot_controller){.kind = BOOT_PLIC, .interrupts = sources});
}

void read_clint(struct boot_info *info, const struct tree_walk *walk)
{
    add_only_controller(info, walk, (struct boot_controller){.kind = BOOT_CLINT});
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
    add_only_controller(info, walk, controller);
}

void read_imsic(struct boot_info *info, const struct tree_walk *walk)
{
    struct boot_controller controller = {.kind = BOOT_IMSIC};
    uint32_t index = 0;

    controller.interrupts = tree_property_cell(walk, "riscv,num-ids", 0);
    controller.first_interrupt = is_supervisor(walk);
    while (index < BOOT_CONTROLLERS && add_controller(info, walk, index, controller) == OK)
        index++;
    if (index == 0)
        boot_warn(info, "device tree: bad registers of an interrupt controller, kind",
                  controller.kind);
}

/*
 * Processors in a device tree, and the timers that they have in common. Devicetree Specification
 * 0.4, 3.7 and 3.8; riscv/cpus.yaml, arm/cpus.yaml and timer/arm,arch_timer.yaml of the bindings.
 */
#include "cairn/error.h"
#include "device_tree/topics.h"

static void set_frequency(struct boot_info *info, uint32_t frequency)
{
    if (frequency != 0 && info->timer.frequency_hz == 0)
        info->timer.frequency_hz = frequency;
}

void read_processors(struct boot_info *info, const struct tree_walk *walk)
{
    set_frequency(info, tree_property_cell(walk, "timebase-frequency", 0));
}

/* A processor's reg is its number; it is no address, so nothing translates it. */
bool read_processor_number(const struct tree_walk *walk, uint64_t *number)
{
    uint32_t cells = tree_address_cells(walk, walk->depth - 2);
    struct tree_property reg;
    uint32_t cursor = 0;

    return tree_property(walk, "reg", &reg) && cells != 0 &&
           tree_read(&reg, &cursor, cells, number);
}

void read_processor(struct boot_info *info, const struct tree_walk *walk)
{
    struct boot_processor processor = {.usable = tree_is_enabled(walk)};

    set_frequency(info, tree_property_cell(walk, "timebase-frequency", 0));
    if (!read_processor_number(walk, &processor.hardware_id)) {
        boot_warn(info, "device tree: processor without a number, after", info->processor_count);
        return;
    }
    processor.node = boot_node(info, tree_property_cell(walk, "numa-node-id", 0));
    boot_add_processor(info, &processor);
}

void read_arm_timer(struct boot_info *info, const struct tree_walk *walk)
{
    for (uint32_t i = 0; i < ARRAY_COUNT(info->timer.interrupts); i++) {
        if (!tree_interrupt(walk, i, &info->timer.interrupts[i])) {
            boot_warn(info, "device tree: timer without its interrupt number", i);
            return;
        }
    }
    set_frequency(info, tree_property_cell(walk, "clock-frequency", 0));
}

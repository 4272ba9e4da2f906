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

void read_processors(struct boot_info *info, const struct tree_node *node)
{
    set_frequency(info, tree_property_cell(node, "timebase-frequency", 0));
}

/* A processor's reg is its number; it is no address, so nothing translates it. */
bool read_processor_number(const struct tree_node *node, uint64_t *number)
{
    uint32_t cells = tree_address_cells(node->parent);
    struct tree_property reg = tree_property(node, "reg");

    return cells != 0 && tree_read(&reg, cells, number);
}

void read_processor(struct boot_info *info, const struct tree_node *node)
{
    struct boot_processor processor = {.usable = tree_is_enabled(node)};

    set_frequency(info, tree_property_cell(node, "timebase-frequency", 0));
    if (read_processor_number(node, &processor.hardware_id)) {
        processor.node = boot_node(info, tree_property_cell(node, "numa-node-id", 0));
        boot_add_processor(info, &processor);
    } else {
        boot_warn(info, "device tree: processor without a number, after", info->processor_count);
    }
}

void read_arm_timer(struct boot_info *info, const struct tree_node *node)
{
    for (uint32_t i = 0; i < ARRAY_COUNT(info->timer.interrupts); i++) {
        if (!tree_interrupt(node, i, &info->timer.interrupts[i])) {
            boot_warn(info, "device tree: timer without its interrupt number", i);
            return;
        }
    }
    set_frequency(info, tree_property_cell(node, "clock-frequency", 0));
}

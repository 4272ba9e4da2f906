/*
 * What must hold of boot_info whatever the firmware said.
 */
#include "harness.h"

#include <stdlib.h>
#include <string.h>

#define REQUIRE(condition)                                                                         \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "boot_info breaks its promise: %s (check.c:%d)\n", #condition,         \
                    __LINE__);                                                                     \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static void check_counts(const struct boot_info *info)
{
    REQUIRE(info->firmware_memory.count <= BOOT_MEMORY_RANGES);
    REQUIRE(info->processor_count <= BOOT_PROCESSORS);
    REQUIRE(info->node_count >= 1 && info->node_count <= BOOT_NODES);
    REQUIRE(info->node_range_count <= BOOT_NODE_RANGES);
    REQUIRE(info->controller_count <= BOOT_CONTROLLERS);
    REQUIRE(info->override_count <= ARRAY_COUNT(info->overrides));
    REQUIRE(info->warning_count <= BOOT_WARNINGS);
    REQUIRE(memchr(info->machine, '\0', sizeof(info->machine)) != NULL);
    REQUIRE(memchr(info->command_line, '\0', sizeof(info->command_line)) != NULL);
}

static void check_nodes(const struct boot_info *info)
{
    for (size_t i = 0; i < info->node_range_count; i++) {
        const struct boot_node_range *range = &info->node_ranges[i];
        REQUIRE(range->node < info->node_count);
        REQUIRE(range->size > 0 && range->base + (range->size - 1) >= range->base);
        for (size_t k = 0; k < i; k++) {
            const struct boot_node_range *other = &info->node_ranges[k];
            REQUIRE(range->base > other->base + (other->size - 1) ||
                    other->base > range->base + (range->size - 1));
        }
    }
    for (size_t from = 0; from < BOOT_NODES; from++) {
        for (size_t to = 0; to < BOOT_NODES; to++) {
            uint8_t distance = info->node_distance[from][to];
            REQUIRE(distance == 0 || (from == to ? distance == 10 : distance > 10));
        }
    }
}

static void check_lists(const struct boot_info *info)
{
    for (size_t i = 0; i < info->firmware_memory.count; i++) {
        REQUIRE(info->firmware_memory.ranges[i].size > 0);
        REQUIRE((unsigned)info->firmware_memory.ranges[i].kind < MEMORY_KINDS);
    }
    for (size_t i = 0; i < info->processor_count; i++) {
        REQUIRE(info->processors[i].node < info->node_count);
        for (size_t k = 0; k < i; k++)
            REQUIRE(info->processors[i].hardware_id != info->processors[k].hardware_id);
    }
    for (size_t i = 0; i < info->controller_count; i++)
        REQUIRE(info->controllers[i].kind != BOOT_CONTROLLER_NONE && info->controllers[i].size > 0);
    for (size_t i = 0; i < info->override_count; i++)
        REQUIRE(info->overrides[i].legacy < 16);
    for (size_t i = 0; i < info->warning_count; i++)
        REQUIRE(info->warnings[i].text != NULL && info->warnings[i].text[0] != '\0');
}

/*
 * boot_find_controller() finds all, each kind in its order. It looks into boot_info, so @p info's
 * go there first.
 */
static void check_controllers(const struct boot_info *info)
{
    const struct boot_controller *found;
    size_t count = 0;

    boot_info.controller_count = info->controller_count;
    memmove(boot_info.controllers, info->controllers, sizeof(info->controllers));
    for (unsigned kind = BOOT_CONTROLLER_NONE; kind <= BOOT_IMSIC; kind++) {
        for (found = NULL; (found = boot_find_controller(kind, found)) != NULL; count++)
            REQUIRE(found->kind == kind);
    }
    REQUIRE(count == info->controller_count);
}

static void check_devices(const struct boot_info *info)
{
    const struct boot_console *console = &info->console;
    const struct boot_pci *pci = &info->pci;

    if (console->kind != BOOT_CONSOLE_NONE) {
        REQUIRE(console->width == 1 || console->width == 4);
        REQUIRE(console->stride > 0 && console->baud <= 4000000);
    }
    REQUIRE(pci->first_bus <= pci->last_bus);
    REQUIRE(pci->ecam_address != 0 || (pci->io.size | pci->memory.size | pci->memory64.size) == 0);
    REQUIRE(info->ramdisk + info->ramdisk_size >= info->ramdisk);
    REQUIRE(info->power.s5_type_a <= 7 && info->power.s5_type_b <= 7);
}

void check_boot_info(const struct boot_info *info)
{
    check_counts(info);
    check_nodes(info);
    check_lists(info);
    check_controllers(info);
    check_devices(info);
}

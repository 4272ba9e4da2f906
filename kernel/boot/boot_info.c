/*
 * The facts about the machine, and how the parsers of firmware tables add to them. Shared by the
 * kernel and by the host's tests of the parsers.
 */
#include "boot/boot.h"

#include "cairn/error.h"
#include "lib/string.h"

struct boot_info boot_info;

enum { DISTANCE_LOCAL = 10 };

int boot_warn(struct boot_info *info, const char *text, uint64_t value)
{
    struct boot_warning *next = &info->warnings[info->warning_count];

    if (info->warning_count == BOOT_WARNINGS) {
        next[-1].value++;
        return ERROR_CORRUPT;
    }
    *next = ++info->warning_count < BOOT_WARNINGS
                ? (struct boot_warning){text, value}
                : (struct boot_warning){"boot: further warnings, not kept", 1};
    return ERROR_CORRUPT;
}

/* The smallest usable range, or NULL when there is none. */
static struct memory_range *smallest_usable(struct memory_map *map)
{
    struct memory_range *smallest = NULL;

    for (size_t i = 0; i < map->count; i++) {
        struct memory_range *range = &map->ranges[i];
        if (range->kind == MEMORY_USABLE && (smallest == NULL || range->size < smallest->size))
            smallest = range;
    }
    return smallest;
}

void boot_add_memory(struct boot_info *info, uint64_t base, uint64_t size, enum memory_kind kind)
{
    struct memory_map *map = &info->firmware_memory;
    struct memory_range *place = NULL;

    if (size == 0)
        return;
    if (map->count < BOOT_MEMORY_RANGES) {
        place = &map->ranges[map->count++];
    } else {
        boot_warn(info, "boot: too many ranges of memory, one lost at", base);
        place = smallest_usable(map);
        if (place == NULL || (kind == MEMORY_USABLE && size <= place->size))
            return;
    }
    *place = (struct memory_range){base, size, kind};
}

bool boot_read_physical(boot_window *window, uint64_t address, void *to, size_t size)
{
    const void *bytes = window(address, size);

    if (bytes != NULL)
        memcpy(to, bytes, size);
    return bytes != NULL;
}

void boot_add_controller(struct boot_info *info, const struct boot_controller *controller)
{
    if (info->controller_count == BOOT_CONTROLLERS)
        boot_warn(info, "boot: too many interrupt controllers, one lost at", controller->address);
    else
        info->controllers[info->controller_count++] = *controller;
}

const struct boot_controller *boot_find_controller(enum boot_controller_kind kind,
                                                   const struct boot_controller *after)
{
    const struct boot_controller *end = boot_info.controllers + boot_info.controller_count;
    const struct boot_controller *next = after != NULL ? after + 1 : boot_info.controllers;

    while (next < end && next->kind != kind)
        next++;
    return next < end ? next : NULL;
}

struct boot_processor *boot_find_processor(struct boot_info *info, uint64_t hardware_id)
{
    for (size_t i = 0; i < info->processor_count; i++) {
        if (info->processors[i].hardware_id == hardware_id)
            return &info->processors[i];
    }
    return NULL;
}

void boot_add_processor(struct boot_info *info, const struct boot_processor *processor)
{
    if (boot_find_processor(info, processor->hardware_id) != NULL)
        boot_warn(info, "boot: a processor is told twice", processor->hardware_id);
    else if (info->processor_count == BOOT_PROCESSORS)
        boot_warn(info, "boot: too many processors, one lost", processor->hardware_id);
    else
        info->processors[info->processor_count++] = *processor;
}

uint32_t boot_node(struct boot_info *info, uint64_t id)
{
    if (id >= BOOT_NODES) {
        boot_warn(info, "boot: the number of a memory node is too high", id);
        return 0;
    }
    if (info->node_count <= id)
        info->node_count = id + 1;
    return (uint32_t)id;
}

void boot_set_distance(struct boot_info *info, uint64_t from, uint64_t to, uint64_t distance)
{
    bool fits = from == to ? distance == DISTANCE_LOCAL : distance > DISTANCE_LOCAL;

    if (from >= BOOT_NODES || to >= BOOT_NODES || distance > UINT8_MAX || !fits) {
        boot_warn(info, "boot: bad distance between nodes", distance);
    } else {
        info->node_distance[from][to] = (uint8_t)distance;
        if (info->node_distance[to][from] == 0)
            info->node_distance[to][from] = (uint8_t)distance;
    }
}

/* Whether any of [base, last] is told to be in a node. */
static bool is_in_node(const struct boot_info *info, uint64_t base, uint64_t last)
{
    for (size_t i = 0; i < info->node_range_count; i++) {
        const struct boot_node_range *told = &info->node_ranges[i];
        if (base <= told->base + (told->size - 1) && last >= told->base)
            return true;
    }
    return false;
}

void boot_add_node_range(struct boot_info *info, uint64_t base, uint64_t size, uint32_t node)
{
    uint64_t last;

    if (size == 0)
        return;
    if (__builtin_add_overflow(base, size - 1, &last))
        boot_warn(info, "boot: a node's memory reaches past the last address", base);
    else if (is_in_node(info, base, last))
        boot_warn(info, "boot: memory is told to be in two nodes or twice", base);
    else if (info->node_range_count == BOOT_NODE_RANGES)
        boot_warn(info, "boot: too many ranges of nodes' memory, one lost at", base);
    else
        info->node_ranges[info->node_range_count++] = (struct boot_node_range){base, size, node};
}

/* With one node there is nothing to tell apart; with several, each is at least near itself. */
static void complete_nodes(struct boot_info *info)
{
    if (info->node_count <= 1) {
        info->node_count = 1;
        info->node_range_count = 0;
    }
    for (size_t i = 0; i < info->node_count; i++)
        info->node_distance[i][i] = DISTANCE_LOCAL;
}

void boot_complete(struct boot_info *info)
{
    struct boot_processor *running = boot_find_processor(info, info->boot_hardware_id);

    complete_nodes(info);
    if (running == NULL) {
        boot_warn(info, "boot: the processor that runs is not told", info->boot_hardware_id);
        bool full = info->processor_count == BOOT_PROCESSORS;
        running = &info->processors[full ? 0 : info->processor_count++];
        *running = (struct boot_processor){.hardware_id = info->boot_hardware_id};
    } else if (!running->usable) {
        boot_warn(info, "boot: the processor that runs is told to be off", running->hardware_id);
    }
    running->usable = true;
}

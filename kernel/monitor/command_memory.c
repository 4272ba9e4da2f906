/*
 * `memory`: the map of physical memory.
 */
#include "boot/boot.h"
#include "console/console.h"
#include "lib/string.h"
#include "lib/util.h"
#include "monitor/monitor.h"
#include "monitor/size.h"

static void print_map(const struct memory_map *map)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct memory_range *range = &map->ranges[i];
        console_print("  0x%016llx - 0x%016llx ", (unsigned long long)range->base,
                      (unsigned long long)(range->base + range->size - 1));
        print_size(range->size);
        console_print("  %s\n", memory_kind_name(range->kind));
    }
}

static void print_totals(const struct memory_map *map)
{
    uint64_t totals[MEMORY_KINDS] = {0};

    for (size_t i = 0; i < map->count; i++)
        totals[map->ranges[i].kind] += map->ranges[i].size;
    console_print("totals:\n");
    for (unsigned kind = 0; kind < MEMORY_KINDS; kind++) {
        if (totals[kind] == 0)
            continue;
        console_print("  ");
        print_size(totals[kind]);
        console_print("  %s\n", memory_kind_name((enum memory_kind)kind));
    }
}

static int memory_run(int count, char **words)
{
    if (count > 2 || (count == 2 && !string_equal(words[1], "firmware")))
        return ERROR_USAGE;
    if (count == 2) {
        console_print("as the firmware told it, in its order:\n");
        print_map(&boot_info.firmware_memory);
        return OK;
    }
    if (boot_info.memory.count == 0) {
        console_print("the map has not been put in order; `memory firmware` shows it as told\n");
        return OK;
    }
    print_map(&boot_info.memory);
    print_totals(&boot_info.memory);
    return OK;
}

static const char *memory_complete(int count, size_t index)
{
    return count == 1 && index == 0 ? "firmware" : NULL;
}

MONITOR_COMMAND(memory)
= {
    .name = "memory",
    .usage = "[firmware]",
    .summary = "show the map of physical memory, or the firmware's own",
    .run = memory_run,
    .complete = memory_complete,
};

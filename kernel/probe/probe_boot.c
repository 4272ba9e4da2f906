/*
 * Probe boot.info: what the kernel knows about its machine.
 *
 *   boot.info
 *
 * Facts, by the names of struct boot_info's fields; a memory map is a list of base, size and kind.
 */
#include "boot/boot.h"
#include "lib/string.h"
#include "probe/probe.h"

enum { NUMBERS_MAX = 3 * BOOT_PROCESSORS };

static uint64_t numbers[NUMBERS_MAX];
static size_t number_count;

static void add(uint64_t number)
{
    if (number_count < NUMBERS_MAX)
        numbers[number_count++] = number;
}

/* Reports what add() gathered. */
static void report_list(const struct probe_request *request, const char *name)
{
    probe_fact_list(request, name, numbers, number_count);
    number_count = 0;
}

static void report_text(const struct probe_request *request, const char *name, const char *text)
{
    probe_fact_bytes(request, name, text, strlen(text));
}

static void report_map(const struct probe_request *request, const char *name,
                       const struct memory_map *map)
{
    for (size_t i = 0; i < map->count; i++) {
        add(map->ranges[i].base);
        add(map->ranges[i].size);
        add(map->ranges[i].kind);
    }
    report_list(request, name);
}

/* Processors: hardware ID, node and whether usable; nodes: base, size and node of each range. */
static void report_topology(const struct probe_request *request)
{
    for (size_t i = 0; i < boot_info.processor_count; i++) {
        add(boot_info.processors[i].hardware_id);
        add(boot_info.processors[i].node);
        add(boot_info.processors[i].usable);
    }
    report_list(request, "processors");
    probe_fact(request, "node_count", boot_info.node_count);
    for (size_t i = 0; i < boot_info.node_range_count; i++) {
        add(boot_info.node_ranges[i].base);
        add(boot_info.node_ranges[i].size);
        add(boot_info.node_ranges[i].node);
    }
    report_list(request, "node_ranges");
    for (size_t from = 0; from < boot_info.node_count; from++) {
        for (size_t to = 0; to < boot_info.node_count; to++)
            add(boot_info.node_distance[from][to]);
    }
    report_list(request, "node_distance");
}

static void report_devices(const struct probe_request *request)
{
    for (size_t i = 0; i < boot_info.controller_count; i++) {
        add(boot_info.controllers[i].kind);
        add(boot_info.controllers[i].address);
    }
    report_list(request, "controllers");
    probe_fact(request, "console_kind", boot_info.console.kind);
    probe_fact(request, "timer_frequency", boot_info.timer.frequency_hz);
    probe_fact(request, "ecam_address", boot_info.pci.ecam_address);
}

static int run_boot_info(struct probe_request *request)
{
    number_count = 0;
    report_text(request, "source", boot_info.source);
    report_text(request, "machine", boot_info.machine);
    report_text(request, "command_line", boot_info.command_line);
    report_map(request, "firmware_memory", &boot_info.firmware_memory);
    report_map(request, "memory", &boot_info.memory);
    probe_fact(request, "ramdisk", boot_info.ramdisk);
    probe_fact(request, "ramdisk_size", boot_info.ramdisk_size);
    report_topology(request);
    report_devices(request);
    for (size_t i = 0; i < boot_info.warning_count && i < BOOT_WARNINGS; i++)
        report_text(request, "warning", boot_info.warnings[i].text);
    return OK;
}
PROBE(boot_info)
= {.name = "boot.info", .run = run_boot_info};

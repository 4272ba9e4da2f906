/*
 * `boot`: what the firmware told about the machine, all of boot_info but the memory map.
 */
#include "boot/boot.h"

#include "console/console.h"
#include "lib/string.h"
#include "monitor/boot_devices.h"
#include "monitor/monitor.h"
#include "monitor/size.h"

static void show_machine(void)
{
    console_print("  source        %s\n", boot_info.source != NULL ? boot_info.source : "none");
    console_print("  machine       %s\n", boot_info.machine[0] != '\0' ? boot_info.machine : "-");
    console_print("  command line  ");
    /* It may be longer than what one call prints. */
    console_write(boot_info.command_line, strlen(boot_info.command_line));
    console_print("%s\n  ramdisk       ", boot_info.command_line[0] != '\0' ? "" : "-");
    if (boot_info.ramdisk_size != 0)
        console_print("%#llx, %llu bytes\n", (unsigned long long)boot_info.ramdisk,
                      (unsigned long long)boot_info.ramdisk_size);
    else
        console_print("none\n");
    bool is_given = false;
    for (size_t i = 0; i < ARRAY_COUNT(boot_info.seed); i++)
        is_given = is_given || boot_info.seed[i] != 0;
    console_print("  random seed   %s\n", is_given ? "given" : "none");
}

static void show_processors(void)
{
    for (size_t i = 0; i < boot_info.processor_count; i++) {
        const struct boot_processor *processor = &boot_info.processors[i];
        console_print("  %3zu  hardware %#llx  firmware %#x  node %u%s%s\n", i,
                      (unsigned long long)processor->hardware_id, processor->firmware_id,
                      processor->node,
                      processor->hardware_id == boot_info.boot_hardware_id ? "  running now" : "",
                      processor->usable ? "" : "  disabled");
    }
}

static void show_distances(void)
{
    console_print("  distance from node to node\n");
    for (size_t from = 0; from < boot_info.node_count; from++) {
        console_print("  %3zu ", from);
        for (size_t to = 0; to < boot_info.node_count; to++)
            console_print(" %3u", boot_info.node_distance[from][to]);
        console_print("\n");
    }
}

static void show_nodes(void)
{
    console_print("  %zu node%s\n", boot_info.node_count, boot_info.node_count == 1 ? "" : "s");
    if (boot_info.node_range_count == 0)
        console_print("  all memory is in node 0\n");
    for (size_t i = 0; i < boot_info.node_range_count; i++) {
        const struct boot_node_range *range = &boot_info.node_ranges[i];
        console_print("  %3u  0x%016llx - 0x%016llx ", range->node, (unsigned long long)range->base,
                      (unsigned long long)(range->base + range->size - 1));
        print_size(range->size);
        console_print("\n");
    }
    if (boot_info.node_count > 1)
        show_distances();
}

static void show_warnings(void)
{
    size_t kept = boot_info.warning_count < BOOT_WARNINGS ? boot_info.warning_count : BOOT_WARNINGS;

    for (size_t i = 0; i < kept; i++)
        console_print("  %s (%#llx)\n", boot_info.warnings[i].text,
                      (unsigned long long)boot_info.warnings[i].value);
    if (boot_info.warning_count > kept)
        console_print("  and %zu more\n", boot_info.warning_count - kept);
    if (boot_info.warning_count == 0)
        console_print("  none\n");
}

static const struct {
    const char *name;
    void (*show)(void);
} parts[] = {
    {"machine", show_machine},      {"processors", show_processors},
    {"nodes", show_nodes},          {"controllers", boot_show_controllers},
    {"timer", boot_show_timer},     {"pci", boot_show_pci},
    {"console", boot_show_console}, {"power", boot_show_power},
    {"warnings", show_warnings},
};

static int boot_run(int count, char **words)
{
    if (count > 2)
        return ERROR_USAGE;
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
        if (count == 2 && !string_equal(words[1], parts[i].name))
            continue;
        console_print("%s\n", parts[i].name);
        parts[i].show();
        if (count == 2)
            return OK;
    }
    return count == 2 ? ERROR_USAGE : OK;
}

static const char *complete_part(int count, size_t index)
{
    return count == 1 && index < ARRAY_COUNT(parts) ? parts[index].name : NULL;
}

MONITOR_COMMAND(boot)
= {
    .name = "boot",
    .usage = "[machine|processors|nodes|controllers|timer|pci|console|power|warnings]",
    .summary = "show what the firmware told about the machine",
    .run = boot_run,
    .complete = complete_part,
};

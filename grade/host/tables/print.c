/*
 * boot_info as JSON, field by field under the names of boot/boot.h.
 */
#include "harness.h"

#include <inttypes.h>

void print_string(FILE *out, const char *text, size_t length)
{
    fputc('"', out);
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte < ' ' || byte >= 0x7f || byte == '"' || byte == '\\')
            fprintf(out, "\\u%04x", byte);
        else
            fputc(byte, out);
    }
    fputc('"', out);
}

static void print_text(FILE *out, const char *name, const char *text)
{
    size_t length = 0;

    while (text != NULL && text[length] != '\0')
        length++;
    fprintf(out, "\"%s\":", name);
    print_string(out, text, length);
    fputc(',', out);
}

static void print_number(FILE *out, const char *name, uint64_t value)
{
    fprintf(out, "\"%s\":%" PRIu64 ",", name, value);
}

#define NUMBER(object, field) print_number(out, #field, (object)->field)

static void print_memory(FILE *out, const struct memory_map *map)
{
    fputs("\"memory\":[", out);
    for (size_t i = 0; i < map->count; i++)
        fprintf(out, "%s[%" PRIu64 ",%" PRIu64 ",\"%s\"]", i > 0 ? "," : "", map->ranges[i].base,
                map->ranges[i].size, memory_kind_name(map->ranges[i].kind));
    fputs("],", out);
}

static void print_processors(FILE *out, const struct boot_info *info)
{
    fputs("\"processors\":[", out);
    for (size_t i = 0; i < info->processor_count; i++) {
        const struct boot_processor *processor = &info->processors[i];
        fputs(i > 0 ? ",{" : "{", out);
        NUMBER(processor, hardware_id);
        NUMBER(processor, firmware_id);
        NUMBER(processor, context);
        NUMBER(processor, node);
        fprintf(out, "\"usable\":%s}", processor->usable ? "true" : "false");
    }
    fputs("],", out);
}

static void print_nodes(FILE *out, const struct boot_info *info)
{
    NUMBER(info, node_count);
    fputs("\"node_ranges\":[", out);
    for (size_t i = 0; i < info->node_range_count; i++)
        fprintf(out, "%s[%" PRIu64 ",%" PRIu64 ",%u]", i > 0 ? "," : "", info->node_ranges[i].base,
                info->node_ranges[i].size, info->node_ranges[i].node);
    fputs("],\"node_distance\":[", out);
    for (size_t from = 0; from < info->node_count; from++) {
        fputs(from > 0 ? ",[" : "[", out);
        for (size_t to = 0; to < info->node_count; to++)
            fprintf(out, "%s%u", to > 0 ? "," : "", info->node_distance[from][to]);
        fputc(']', out);
    }
    fputs("],", out);
}

static const char *controller_name(enum boot_controller_kind kind)
{
    static const char *const names[] = {
        [BOOT_CONTROLLER_NONE] = "none",
        [BOOT_LOCAL_APIC] = "local apic",
        [BOOT_IO_APIC] = "io apic",
        [BOOT_GIC_DISTRIBUTOR] = "gic distributor",
        [BOOT_GIC_REDISTRIBUTOR] = "gic redistributor",
        [BOOT_GIC_ITS] = "gic its",
        [BOOT_PLIC] = "plic",
        [BOOT_CLINT] = "clint",
        [BOOT_APLIC] = "aplic",
        [BOOT_IMSIC] = "imsic",
    };

    return names[kind];
}

static void print_interrupts(FILE *out, const struct boot_info *info)
{
    fputs("\"controllers\":[", out);
    for (size_t i = 0; i < info->controller_count; i++) {
        const struct boot_controller *controller = &info->controllers[i];
        fputs(i > 0 ? ",{" : "{", out);
        NUMBER(controller, first_interrupt);
        NUMBER(controller, interrupts);
        NUMBER(controller, stride);
        NUMBER(controller, address);
        NUMBER(controller, size);
        fprintf(out, "\"kind\":\"%s\"}", controller_name(controller->kind));
    }
    fputs("],\"overrides\":[", out);
    for (size_t i = 0; i < info->override_count; i++) {
        const struct boot_interrupt_override *override = &info->overrides[i];
        fprintf(out, "%s[%u,%u,%u,%u]", i > 0 ? "," : "", override->legacy, override->global,
                override->active_low, override->level_triggered);
    }
    fputs("],", out);
}

static void print_timer(FILE *out, const struct boot_timer *timer)
{
    fputs("\"timer\":{", out);
    NUMBER(timer, frequency_hz);
    NUMBER(timer, hpet_address);
    NUMBER(timer, clock_address);
    fprintf(out, "\"interrupts\":[%u,%u,%u,%u]},", timer->interrupts[0], timer->interrupts[1],
            timer->interrupts[2], timer->interrupts[3]);
}

static void print_pci(FILE *out, const struct boot_pci *pci)
{
    fputs("\"pci\":{", out);
    NUMBER(pci, ecam_address);
    NUMBER(pci, segment);
    NUMBER(pci, first_bus);
    NUMBER(pci, last_bus);
    fprintf(out, "\"io\":[%" PRIu64 ",%" PRIu64 ",%" PRIu64 "],", pci->io.address, pci->io.bus,
            pci->io.size);
    fprintf(out, "\"memory\":[%" PRIu64 ",%" PRIu64 ",%" PRIu64 "],", pci->memory.address,
            pci->memory.bus, pci->memory.size);
    fprintf(out, "\"memory64\":[%" PRIu64 ",%" PRIu64 ",%" PRIu64 "]},", pci->memory64.address,
            pci->memory64.bus, pci->memory64.size);
}

static void print_console(FILE *out, const struct boot_console *console)
{
    static const char *const kinds[] = {"none", "ns16550", "pl011"};

    fprintf(out, "\"console\":{\"kind\":\"%s\",", kinds[console->kind]);
    NUMBER(console, is_port);
    NUMBER(console, width);
    NUMBER(console, stride);
    NUMBER(console, address);
    NUMBER(console, clock_hz);
    NUMBER(console, baud);
    fprintf(out, "\"interrupt\":%u},", console->interrupt);
}

static void print_power(FILE *out, const struct boot_power *power)
{
    fputs("\"power\":{", out);
    NUMBER(power, psci);
    NUMBER(power, psci_uses_hvc);
    NUMBER(power, test_device);
    NUMBER(power, pm1a_control);
    NUMBER(power, pm1b_control);
    NUMBER(power, has_s5);
    NUMBER(power, s5_type_a);
    NUMBER(power, s5_type_b);
    NUMBER(power, reset_value);
    fprintf(out, "\"reset_port\":%u},", power->reset_port);
}

void print_boot_info(FILE *out, const struct boot_info *info)
{
    fputc('{', out);
    print_text(out, "source", info->source);
    print_text(out, "machine", info->machine);
    print_text(out, "command_line", info->command_line);
    NUMBER(info, ramdisk);
    NUMBER(info, ramdisk_size);
    NUMBER(info, boot_hardware_id);
    print_memory(out, &info->firmware_memory);
    print_processors(out, info);
    print_nodes(out, info);
    print_interrupts(out, info);
    print_timer(out, &info->timer);
    print_pci(out, &info->pci);
    print_console(out, &info->console);
    print_power(out, &info->power);
    fprintf(out, "\"seed\":[%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 "],\"warnings\":[",
            info->seed[0], info->seed[1], info->seed[2], info->seed[3]);
    for (size_t i = 0; i < info->warning_count; i++) {
        fputs(i > 0 ? ",{" : "{", out);
        print_text(out, "text", info->warnings[i].text);
        fprintf(out, "\"value\":%" PRIu64 "}", info->warnings[i].value);
    }
    fputs("]}", out);
}

/*
 * The machine's interrupt controller: the I/O APICs, where the wires end, and the local APIC.
 *
 * Firmware tells for some of the 16 old PC lines that they end elsewhere or ring otherwise
 * (boot_info.overrides); whoever asks for an old line gets what is meant. The even older pair of
 * 8259 controllers is masked for good.
 *
 * Source: Intel 82093AA; Intel SDM volume 3, 11.11 (messages); ACPI 6.5, 5.2.12.5.
 */
#include "address_map/address_map.h"
#include "apic.h"
#include "arch/cpu.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "interrupt/controller.h"
#include "interrupt/lines.h"

enum { IO_APICS_MAX = 8, IO_APIC_BYTES = 0x20, LEGACY_LINES = 16 };
enum { SELECT = 0x00, WINDOW = 0x10, VERSION_REGISTER = 0x01 };
enum { PORT_PIC_1_MASK = 0x21, PORT_PIC_2_MASK = 0xa1, PIC_ALL = 0xff };

#define MESSAGE_ADDRESS UINT64_C(0xfee00000)

static struct line_chip chips[IO_APICS_MAX];
static size_t chip_count;

static uint32_t register_read(const struct line_chip *chip, uint32_t offset)
{
    return *(DEVICE uint32_t *)(chip->base + offset);
}

static void register_write(const struct line_chip *chip, uint32_t offset, uint32_t value)
{
    *(DEVICE uint32_t *)(chip->base + offset) = value;
}

static const struct line_access register_access = {.read = register_read, .write = register_write};

/* What the firmware says of an old line; NULL when it is as it always was. */
static const struct boot_interrupt_override *override_of(uint32_t line)
{
    for (size_t i = 0; line < LEGACY_LINES && i < boot_info.override_count; i++) {
        if (boot_info.overrides[i].legacy == line)
            return &boot_info.overrides[i];
    }
    return NULL;
}

static const struct line_chip *chip_of(uint32_t *line)
{
    const struct boot_interrupt_override *override = override_of(*line);

    if (override != NULL)
        *line = override->global;
    for (size_t i = 0; i < chip_count; i++) {
        if (*line - chips[i].first_line < chips[i].lines)
            return &chips[i];
    }
    return NULL;
}

static enum interrupt_trigger overridden(const struct boot_interrupt_override *override,
                                         enum interrupt_trigger trigger)
{
    if (override == NULL)
        return trigger;
    if (override->level_triggered)
        return override->active_low ? INTERRUPT_LEVEL_LOW : INTERRUPT_LEVEL_HIGH;
    return override->active_low ? INTERRUPT_EDGE_FALLING : INTERRUPT_EDGE_RISING;
}

static uint32_t any_number(uint32_t line)
{
    (void)line;
    return INTERRUPT_NONE;
}

static int configure(uint32_t line, uint32_t number, uint64_t hardware_id,
                     enum interrupt_trigger trigger)
{
    trigger = overridden(override_of(line), trigger);
    const struct line_chip *chip = chip_of(&line);
    return chip != NULL ? line_configure(chip, line, number, hardware_id, trigger)
                        : ERROR_NOT_FOUND;
}

static void mask(uint32_t line)
{
    const struct line_chip *chip = chip_of(&line);

    if (chip != NULL)
        line_mask(chip, line);
}

static void unmask(uint32_t line)
{
    const struct line_chip *chip = chip_of(&line);

    if (chip != NULL)
        line_unmask(chip, line);
}

/* Fixed delivery, an edge, to one processor (Intel SDM volume 3, 11.11). */
static int message(uint32_t number, uint64_t hardware_id, struct interrupt_message *message)
{
    enum { PROCESSOR_MAX = 255, PROCESSOR_SHIFT = 12 };

    if (hardware_id > PROCESSOR_MAX)
        return ERROR_OUT_OF_RANGE;
    *message = (struct interrupt_message){
        .address = MESSAGE_ADDRESS | hardware_id << PROCESSOR_SHIFT,
        .data = number,
    };
    return OK;
}

static void complete(uint32_t number)
{
    (void)number;
    apic_end();
}

static const struct interrupt_controller io_apic_controller = {
    .name = "local APIC and I/O APIC",
    .fixed_number = any_number,
    .first_number = VECTOR_FIRST,
    .end_number = VECTOR_LAST + 1,
    .configure = configure,
    .mask = mask,
    .unmask = unmask,
    .message = message,
    .complete = complete,
};

static void add_chip(const struct boot_controller *told)
{
    DEVICE void *registers = device_map(told->address, IO_APIC_BYTES);

    if (registers == NULL || chip_count == IO_APICS_MAX)
        return;
    struct line_chip *chip = &chips[chip_count++];
    *chip = (struct line_chip){
        .access = &register_access,
        .base = (uintptr_t)registers,
        .first_line = told->first_interrupt,
    };
    line_write(chip, SELECT, VERSION_REGISTER);
    chip->lines = (line_read(chip, WINDOW) >> 16 & 0xff) + 1;
    for (uint32_t i = 0; i < chip->lines; i++)
        line_mask(chip, chip->first_line + i);
}

/*
 * Moves the vectors of the old controllers away from the exceptions' and masks them: even masked
 * they may ring once by mistake (Intel 8259A).
 */
static void silence_legacy(void)
{
    enum { PORT_PIC_1 = 0x20, PORT_PIC_2 = 0xa0, PIC_INIT = 0x11, PIC_8086 = 0x01 };

    port_write_8(PORT_PIC_1, PIC_INIT);
    port_write_8(PORT_PIC_2, PIC_INIT);
    port_write_8(PORT_PIC_1_MASK, VECTOR_LEGACY);
    port_write_8(PORT_PIC_2_MASK, VECTOR_LEGACY + 8);
    port_write_8(PORT_PIC_1_MASK, 1 << 2); /* the second one is behind line 2 */
    port_write_8(PORT_PIC_2_MASK, 2);
    port_write_8(PORT_PIC_1_MASK, PIC_8086);
    port_write_8(PORT_PIC_2_MASK, PIC_8086);
    port_write_8(PORT_PIC_1_MASK, PIC_ALL);
    port_write_8(PORT_PIC_2_MASK, PIC_ALL);
}

const struct interrupt_controller *interrupt_controller_start(void)
{
    if (!apic_start())
        return NULL;
    silence_legacy();
    for (size_t i = 0; i < boot_info.controller_count; i++) {
        if (boot_info.controllers[i].kind == BOOT_IO_APIC)
            add_chip(&boot_info.controllers[i]);
    }
    return &io_apic_controller;
}

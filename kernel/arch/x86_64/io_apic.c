/*
 * The machine's interrupt controller: the I/O APICs, where the wires end, and the local APIC.
 *
 * Firmware tells for some of the 16 old PC lines that they end elsewhere or ring otherwise
 * (boot_info.overrides); whoever asks for an old line gets what is meant. The even older pair of
 * 8259 controllers is masked for good.
 *
 * Source: Intel 82093AA; ACPI 6.5, 5.2.12.5.
 */
#include "address_map/address_map.h"
#include "apic.h"
#include "arch/cpu.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "interrupt/controller.h"
#include "interrupt/lines.h"

enum { IO_APICS_MAX = 8, IO_APIC_BYTES = 0x20 };
enum { SELECT = 0x00, WINDOW = 0x10, VERSION_REGISTER = 0x01 };
enum { PORT_PIC_1 = 0x20, PORT_PIC_2 = 0xa0 };

static struct line_chip chips[IO_APICS_MAX];
static size_t chip_count;

static void resolve(uint32_t *line, enum interrupt_trigger *trigger)
{
    const struct boot_interrupt_override *told = boot_info.overrides;
    const struct boot_interrupt_override *end = told + boot_info.override_count;

    while (told < end && told->legacy != *line)
        told++;
    if (told == end)
        return;
    *line = told->global;
    if (told->level_triggered)
        *trigger = told->active_low ? INTERRUPT_LEVEL_LOW : INTERRUPT_LEVEL_HIGH;
    else
        *trigger = told->active_low ? INTERRUPT_EDGE_FALLING : INTERRUPT_EDGE_RISING;
}

static const struct line_chip *chip_of(uint32_t line)
{
    for (size_t i = 0; i < chip_count; i++) {
        if (line - chips[i].first_line < chips[i].lines)
            return &chips[i];
    }
    return NULL;
}

static int configure(uint32_t line, uint32_t number, const struct boot_processor *target,
                     enum interrupt_trigger trigger)
{
    const struct line_chip *chip = chip_of(line);

    return chip != NULL ? line_configure(chip, line, number, target->hardware_id, trigger)
                        : ERROR_NOT_FOUND;
}

static void mask(uint32_t line)
{
    const struct line_chip *chip = chip_of(line);

    if (chip != NULL)
        line_mask(chip, line);
}

static void unmask(uint32_t line)
{
    const struct line_chip *chip = chip_of(line);

    if (chip != NULL)
        line_unmask(chip, line);
}

static void complete(uint32_t number)
{
    (void)number;
    apic_end();
}

static const struct interrupt_controller io_apic_controller = {
    .name = "local APIC and I/O APIC",
    .first_number = VECTOR_FIRST,
    .end_number = VECTOR_LAST + 1,
    .resolve = resolve,
    .configure = configure,
    .mask = mask,
    .unmask = unmask,
    .messages = &apic_messages,
    .complete = complete,
};

INIT_TEXT static void add_chip(const struct boot_controller *told)
{
    DEVICE void *registers = device_map(told->address, IO_APIC_BYTES);

    if (registers == NULL || chip_count == IO_APICS_MAX)
        return;
    struct line_chip *chip = &chips[chip_count++];
    *chip = (struct line_chip){
        .base = (uintptr_t)registers,
        .first_line = told->first_interrupt,
    };
    line_write(chip, SELECT, VERSION_REGISTER);
    chip->lines = (line_read(chip, WINDOW) >> 16 & 0xff) + 1;
    for (uint32_t i = 0; i < chip->lines; i++)
        line_mask(chip, chip->first_line + i);
}

/*
 * Moves the vectors of an old controller away from the exceptions' and masks it: even masked it may
 * ring once by mistake (Intel 8259A).
 */
INIT_TEXT static void silence_legacy(uint16_t port, uint8_t first_vector, uint8_t wiring)
{
    enum { PIC_INIT = 0x11, PIC_8086 = 0x01, PIC_ALL = 0xff };
    const uint16_t data = port + 1;

    port_write_8(port, PIC_INIT);
    port_write_8(data, first_vector);
    port_write_8(data, wiring);
    port_write_8(data, PIC_8086);
    port_write_8(data, PIC_ALL);
}

INIT_TEXT const struct interrupt_controller *interrupt_controller_start(void)
{
    if (!apic_start())
        return NULL;
    silence_legacy(PORT_PIC_1, VECTOR_LEGACY, 1 << 2); /* the second one is behind line 2 */
    silence_legacy(PORT_PIC_2, VECTOR_LEGACY + 8, 2);
    const struct boot_controller *told = NULL;
    while ((told = boot_find_controller(BOOT_IO_APIC, told)) != NULL)
        add_chip(told);
    return &io_apic_controller;
}

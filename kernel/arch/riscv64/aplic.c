/*
 * The lines of an APLIC that tells harts by messages: what a line does when it rings is to write
 * its number to a hart's file.
 *
 * A message is an edge. When a level is still up after it was served, nobody would write anew, so
 * the end of each level's service looks at the wire.
 */
#include "aia.h"

#include "address_map/address_map.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "external.h"
#include "interrupt/lines.h"

/* Advanced Interrupt Architecture 1.0, 4.5; the arrays with a word a source have none for 0. */
enum { DOMAIN = 0x0000, SOURCES = 0x0000, SET_PENDING = 0x1cdc, WIRES = 0x1d00 };
enum { SET_ENABLED = 0x1edc, CLEAR_ENABLED = 0x1fdc, TARGETS = 0x3000, APLIC_BYTES = 0x4000 };
enum { DOMAIN_ENABLE = 1 << 8, DOMAIN_MESSAGES = 1 << 2, TARGET_HART_SHIFT = 18 };

/* The active modes of a source, 4.5.2, are in the order of enum interrupt_trigger. */
enum { MODE_FIRST = 4 };
_Static_assert(INTERRUPT_EDGE_RISING == 0 && INTERRUPT_EDGE_FALLING == 1 &&
                   INTERRUPT_LEVEL_HIGH == 2 && INTERRUPT_LEVEL_LOW == 3,
               "modes of sources");

static struct line_chip aplic; /* no lines when there is none */
static uint32_t hart_file;
static uint16_t levels[INTERRUPT_NUMBERS]; /* the last level that had a number; 0 for none */

/* A level that is up rings, whether it has rung before or not. */
static void ring_level(uint32_t line)
{
    if ((line_read(&aplic, WIRES + line / 32 * 4) >> line % 32 & 1) != 0)
        line_write(&aplic, SET_PENDING, line);
}

int aplic_configure(uint32_t line, uint32_t number, const struct boot_processor *target,
                    enum interrupt_trigger trigger)
{
    uint32_t mode = MODE_FIRST + trigger;

    if (line - aplic.first_line >= aplic.lines)
        return ERROR_NOT_FOUND;
    if (target->hardware_id != boot_info.boot_hardware_id)
        return ERROR_NOT_SUPPORTED;
    aplic_mask(line);
    line_write(&aplic, SOURCES + 4 * line, mode);
    if (line_read(&aplic, SOURCES + 4 * line) != mode)
        return ERROR_NOT_FOUND; /* firmware has kept it for itself */
    line_write(&aplic, TARGETS + 4 * line, hart_file << TARGET_HART_SHIFT | number);
    levels[number] = trigger >= INTERRUPT_LEVEL_HIGH ? (uint16_t)line : 0;
    imsic_clear(number);
    imsic_hold(number, false);
    return OK;
}

void aplic_mask(uint32_t line)
{
    line_write(&aplic, CLEAR_ENABLED, line);
}

void aplic_unmask(uint32_t line)
{
    line_write(&aplic, SET_ENABLED, line);
    if (line_read(&aplic, SOURCES + 4 * line) >= MODE_FIRST + INTERRUPT_LEVEL_HIGH)
        ring_level(line);
}

/* The level may have left its number to others: then this changes nothing. */
void aplic_complete(uint32_t number)
{
    if (levels[number] != 0)
        ring_level(levels[number]);
}

INIT_TEXT void aplic_start(uint32_t file)
{
    enum { SOURCES_MAX = 1023 };
    const struct boot_controller *told = NULL;

    do
        told = boot_find_controller(BOOT_APLIC, told);
    while (told != NULL && (told->first_interrupt == 0 || told->size < APLIC_BYTES));
    aplic.base = told != NULL ? (uintptr_t)device_map(told->address, APLIC_BYTES) : 0;
    aplic.first_line = 1;
    if (aplic.base == 0)
        return;
    line_write(&aplic, DOMAIN, DOMAIN_ENABLE | DOMAIN_MESSAGES);
    if ((line_read(&aplic, DOMAIN) & DOMAIN_MESSAGES) == 0)
        return;
    hart_file = file;
    aplic.lines = told->interrupts < SOURCES_MAX ? told->interrupts : SOURCES_MAX;
    for (uint32_t line = 1; line <= aplic.lines; line++)
        line_write(&aplic, SOURCES + 4 * line, 0); /* inactive */
}

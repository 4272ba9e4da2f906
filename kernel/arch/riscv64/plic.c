/*
 * The machine's interrupt controller: the PLIC, where the wires end.
 *
 * Each hart has a *context* there for each of its privilege modes that can be interrupted. A
 * context claims the pending source of the highest priority, and completes it afterwards; until
 * then the source does not ring again.
 *
 * Source: RISC-V Platform-Level Interrupt Controller Specification 1.0.0.
 */
#include "external.h"

#include "address_map/address_map.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "interrupt/lines.h"

enum { THRESHOLDS = 0x200000, CLAIM = 4, CONTEXT_BYTES = 0x1000, SOURCES_MAX = 1023 };

static struct line_chip plic; /* with the context of the processor that started it */
static uint64_t plic_bytes;
static uint16_t contexts[SOURCES_MAX + 1]; /* where each source goes */
static bool enabled[SOURCES_MAX + 1];      /* and whether it is let through here */

static uint32_t context_register(uint32_t context, uint32_t offset)
{
    return THRESHOLDS + CONTEXT_BYTES * context + offset;
}

/* The chip as a source's own context sees it; there is such a source. */
static struct line_chip chip_of(uint32_t line)
{
    struct line_chip chip = plic;

    chip.context = contexts[line];
    return chip;
}

/* Whether the chip has a context for a hart. */
static bool reaches(const struct boot_processor *hart)
{
    return hart->context != 0 && context_register(hart->context, 0) <= plic_bytes;
}

uint32_t plic_claim(void)
{
    return line_read(&plic, context_register(plic.context, CLAIM));
}

static void mask(uint32_t line)
{
    struct line_chip chip = chip_of(line);

    enabled[line] = false;
    line_mask(&chip, line);
}

static int configure(uint32_t line, uint32_t number, const struct boot_processor *target,
                     enum interrupt_trigger trigger)
{
    (void)trigger; /* The chip can't be told: sources of the machines that have one are levels. */
    if (line - plic.first_line >= plic.lines)
        return ERROR_NOT_FOUND;
    if (!reaches(target))
        return ERROR_NOT_SUPPORTED;
    mask(line);
    contexts[line] = (uint16_t)(target->context - 1);
    struct line_chip chip = chip_of(line);
    return line_configure(&chip, line, number, target->hardware_id, INTERRUPT_LEVEL_HIGH);
}

/*
 * A source that has been waiting must ring now. QEMU's PLIC looks for such only when a priority or
 * a threshold is written, not an enable bit; on hardware the second write changes nothing.
 */
static void unmask(uint32_t line)
{
    struct line_chip chip = chip_of(line);

    enabled[line] = chip.context == plic.context;
    line_unmask(&chip, line);
    line_write(&chip, context_register(chip.context, 0), 0);
}

/*
 * The completion of a source that is not enabled for the context is ignored, and it would ring no
 * more (chapter 9). So one that its handler has masked or sent elsewhere is enabled meanwhile.
 */
static void complete(uint32_t number)
{
    uint32_t place = context_register(plic.context, CLAIM);

    if (enabled[number % (SOURCES_MAX + 1)]) {
        line_write(&plic, place, number);
        return;
    }
    line_unmask(&plic, number);
    line_write(&plic, place, number);
    line_mask(&plic, number);
}

static const struct interrupt_controller plic_controller = {
    .name = "PLIC",
    .fixed_numbers = true,
    .configure = configure,
    .mask = mask,
    .unmask = unmask,
    .complete = complete,
};

INIT_TEXT const struct interrupt_controller *plic_start(const struct boot_processor *hart)
{
    const struct boot_controller *told = boot_find_controller(BOOT_PLIC, NULL);
    DEVICE void *registers = told != NULL ? device_map(told->address, told->size) : NULL;

    plic_bytes = registers != NULL ? told->size : 0;
    if (!reaches(hart))
        return NULL;
    plic = (struct line_chip){
        .base = (uintptr_t)registers,
        .first_line = 1,
        .lines = told->interrupts < SOURCES_MAX ? told->interrupts : SOURCES_MAX,
        .context = hart->context - 1,
    };
    for (uint32_t line = 1; line <= plic.lines; line++) {
        contexts[line] = (uint16_t)plic.context;
        line_mask(&plic, line);
    }
    line_write(&plic, context_register(plic.context, 0), 0); /* let every priority through */
    return &plic_controller;
}

/*
 * The machine's interrupt controller: the PLIC, where the wires end.
 *
 * Each hart has a *context* there for each of its privilege modes that can be interrupted. A
 * context claims the pending source of the highest priority, and completes it afterwards; until
 * then the source does not ring again.
 *
 * Source: RISC-V Platform-Level Interrupt Controller Specification 1.0.0.
 */
#include "plic.h"

#include "address_map/address_map.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "interrupt/controller.h"
#include "interrupt/lines.h"

enum { THRESHOLDS = 0x200000, CLAIM = 4, CONTEXT_BYTES = 0x1000, SOURCES_MAX = 1023 };

static struct line_chip plic;

static uint32_t register_read(const struct line_chip *chip, uint32_t offset)
{
    return *(DEVICE uint32_t *)(chip->base + offset);
}

static void register_write(const struct line_chip *chip, uint32_t offset, uint32_t value)
{
    *(DEVICE uint32_t *)(chip->base + offset) = value;
}

static const struct line_access register_access = {.read = register_read, .write = register_write};

static uint32_t context_register(uint32_t offset)
{
    return THRESHOLDS + CONTEXT_BYTES * plic.context + offset;
}

//@quote [plic-serve]
void plic_serve(void)
{
    uint32_t number = line_read(&plic, context_register(CLAIM));

    if (number == 0)
        interrupt_handle(INTERRUPT_NONE);
    for (; number != 0; number = line_read(&plic, context_register(CLAIM)))
        interrupt_handle(number);
}
//@quote [plic-serve]

static uint32_t fixed_number(uint32_t line)
{
    return line;
}

static int configure(uint32_t line, uint32_t number, uint64_t hardware_id,
                     enum interrupt_trigger trigger)
{
    /* The chip can't be told: sources of the machines that have one are levels. */
    (void)trigger;
    return line_configure(&plic, line, number, hardware_id, INTERRUPT_LEVEL_HIGH);
}

static void mask(uint32_t line)
{
    line_mask(&plic, line);
}

/*
 * A source that has been waiting must ring now. QEMU's PLIC looks for such only when a priority or
 * a threshold is written, not an enable bit; on hardware the second write changes nothing.
 */
static void unmask(uint32_t line)
{
    line_unmask(&plic, line);
    line_write(&plic, context_register(0), 0);
}

static void complete(uint32_t number)
{
    line_write(&plic, context_register(CLAIM), number);
}

static const struct interrupt_controller plic_controller = {
    .name = "PLIC",
    .fixed_number = fixed_number,
    .configure = configure,
    .mask = mask,
    .unmask = unmask,
    .complete = complete,
};

/* The virt machine numbers them machine mode, supervisor mode, for one hart after the other. */
static uint32_t supervisor_context(uint64_t hart)
{
    return (uint32_t)(2 * hart + 1);
}

static const struct boot_controller *told_plic(void)
{
    for (size_t i = 0; i < boot_info.controller_count; i++) {
        if (boot_info.controllers[i].kind == BOOT_PLIC)
            return &boot_info.controllers[i];
    }
    return NULL;
}

const struct interrupt_controller *interrupt_controller_start(void)
{
    const struct boot_controller *told = told_plic();
    DEVICE void *registers = told != NULL ? device_map(told->address, told->size) : NULL;

    if (registers == NULL)
        return NULL;
    plic = (struct line_chip){
        .access = &register_access,
        .base = (uintptr_t)registers,
        .first_line = 1,
        .lines = told->interrupts < SOURCES_MAX ? told->interrupts : SOURCES_MAX,
        .context = supervisor_context(boot_info.boot_hardware_id),
    };
    for (uint32_t line = 1; line <= plic.lines; line++)
        line_mask(&plic, line);
    line_write(&plic, context_register(0), 0); /* let every priority through */
    __asm__ volatile("csrs sie, %0" ::"r"(1L << 9));
    return &plic_controller;
}

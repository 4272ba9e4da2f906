/*
 * The machine's interrupt controller: GICv3. The distributor has the wires, each processor's
 * redistributor its private interrupts, the ITS the messages, and the processor itself, by system
 * registers, the end.
 *
 * Source: Arm IHI 0069 (GICv3 architecture), chapters 12 and 13.
 */
#include "gic.h"

#include "aarch64.h"
#include "address_map/address_map.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "interrupt/controller.h"
#include "interrupt/lines.h"

enum { GICD_CTLR = 0x0000, GICD_TYPER = 0x0004 };
enum { GICD_CTLR_GROUP_1 = 1 << 1, GICD_CTLR_AFFINITY = 1 << 4 };
#define GICD_CTLR_PENDING (UINT32_C(1) << 31)
#define GICR_CTLR_PENDING (UINT32_C(1) << 3)

/* A redistributor: a frame for itself, and one for its 32 private interrupts. */
enum {
    GICR_WAKER = 0x0014,
    GICR_PRIVATE = 0x10000,
    GICR_IGROUPR0 = GICR_PRIVATE + 0x0080,
    GICR_ISENABLER0 = GICR_PRIVATE + 0x0100,
    GICR_ICENABLER0 = GICR_PRIVATE + 0x0180,
    GICR_IPRIORITYR = GICR_PRIVATE + 0x0400,
    GICR_BYTES = 0x20000,
    GICR_BYTES_VIRTUAL = 0x40000, /* with two more frames for virtual LPIs */
};
enum { WAKER_SLEEP = 1 << 1, WAKER_ASLEEP = 1 << 2 };
enum { TYPER_VIRTUAL = 1 << 1, TYPER_LAST = 1 << 4, TYPER_AFFINITY_SHIFT = 32 };

enum {
    FIRST_LINE = 32,
    SPECIAL_FIRST = 1020,
    SPECIALS = 4,
    PRIORITIES = 0xa0a0a0a0u,
    PRIORITY_ALL = 0xff
};
static struct line_chip distributor;
static DEVICE char *redistributor;
static uint64_t redistributor_physical;

static DEVICE uint32_t *private_register(uint32_t offset)
{
    return (DEVICE uint32_t *)(redistributor + offset);
}

static uint32_t acknowledge(void)
{
    return (uint32_t)system_register_read(icc_iar1_el1);
}

static bool is_special(uint32_t intid)
{
    return intid - SPECIAL_FIRST < SPECIALS;
}

//@quote [gic-serve]
void gic_serve(void)
{
    uint32_t intid = acknowledge();

    if (is_special(intid))
        interrupt_handle(INTERRUPT_NONE);
    for (; !is_special(intid); intid = acknowledge()) {
        /* The redistributor knows: a message that comes from now on rings anew. */
        __asm__ volatile("dsb sy" ::: "memory");
        interrupt_handle(intid % LPI_FIRST);
    }
}
//@quote [gic-serve]

/* A private interrupt rings on its own processor only, and its trigger is fixed. */
static bool is_private(uint32_t line)
{
    return line < FIRST_LINE;
}

/* Waits until bits of a register are 0, but not for ever. */
static bool wait_until_clear(DEVICE uint32_t *place, uint32_t bits)
{
    for (unsigned poll = 0; poll < GIC_PATIENCE; poll++) {
        if ((*place & bits) == 0)
            return true;
    }
    return false;
}

static bool wait_distributor(void)
{
    return wait_until_clear((DEVICE uint32_t *)(distributor.base + GICD_CTLR), GICD_CTLR_PENDING);
}

/* Until RWP says so, a line that was disabled may still ring (12.9.4 and 12.11.2). */
static void mask(uint32_t line)
{
    if (is_private(line)) {
        *private_register(GICR_ICENABLER0) = UINT32_C(1) << line;
        (void)wait_until_clear(private_register(GICR_CTLR), GICR_CTLR_PENDING);
    } else {
        line_mask(&distributor, line);
        (void)wait_distributor();
    }
}

static void unmask(uint32_t line)
{
    if (is_private(line))
        *private_register(GICR_ISENABLER0) = UINT32_C(1) << line;
    else
        line_unmask(&distributor, line);
}

static int configure(uint32_t line, uint32_t number, const struct boot_processor *target,
                     enum interrupt_trigger trigger)
{
    if (line - FIRST_LINE < distributor.lines || is_private(line))
        mask(line);
    if (!is_private(line))
        return line_configure(&distributor, line, number, target->hardware_id, trigger);
    return target->hardware_id == boot_info.boot_hardware_id ? OK : ERROR_NOT_SUPPORTED;
}

static void complete(uint32_t number)
{
    system_register_write(icc_eoir1_el1, number < MESSAGE_FIRST ? number : LPI_FIRST + number);
}

static struct interrupt_controller gic_controller = {
    .name = "GICv3",
    .fixed_numbers = true,
    .first_number = MESSAGE_FIRST,
    .end_number = INTERRUPT_NUMBERS,
    .configure = configure,
    .mask = mask,
    .unmask = unmask,
    .complete = complete,
};

INIT_TEXT static bool start_distributor(const struct boot_controller *told)
{
    DEVICE void *registers = device_map(told->address, told->size);

    if (registers == NULL)
        return false;
    distributor = (struct line_chip){
        .base = (uintptr_t)registers,
        .first_line = FIRST_LINE,
    };
    /*
     * GICD_TYPER.ITLinesNumber counts blocks of 32, the private ones too. The last of the largest
     * chips are not used: their numbers are the messages'.
     */
    uint32_t all = 32 * ((line_read(&distributor, GICD_TYPER) & 31) + 1);
    distributor.lines = (all < MESSAGE_FIRST ? all : MESSAGE_FIRST) - FIRST_LINE;
    line_write(&distributor, GICD_CTLR, 0);
    for (uint32_t line = FIRST_LINE; line < FIRST_LINE + distributor.lines; line++)
        line_mask(&distributor, line);
    (void)wait_distributor();
    line_write(&distributor, GICD_CTLR, GICD_CTLR_AFFINITY | GICD_CTLR_GROUP_1);
    return wait_distributor();
}

/* The redistributor of this processor among those of one region; NULL when it is not there. */
INIT_TEXT static DEVICE char *find_redistributor(const struct boot_controller *told)
{
    uint64_t mpidr = boot_info.boot_hardware_id;
    uint32_t affinity = (uint32_t)((mpidr >> 32 & 0xff) << 24 | (mpidr & 0xffffff));
    DEVICE char *region = device_map(told->address, told->size);
    uint64_t typer = 0;

    if (region == NULL)
        return NULL;
    for (uint64_t offset = 0; (typer & TYPER_LAST) == 0 && offset + GICR_BYTES <= told->size;
         offset += (typer & TYPER_VIRTUAL) != 0 ? GICR_BYTES_VIRTUAL : GICR_BYTES) {
        typer = *(DEVICE uint64_t *)(region + offset + GICR_TYPER);
        redistributor_physical = told->address + offset;
        if (typer >> TYPER_AFFINITY_SHIFT == affinity)
            return region + offset;
    }
    return NULL;
}

INIT_TEXT static bool start_redistributor(void)
{
    const struct boot_controller *told = NULL;

    while (redistributor == NULL &&
           (told = boot_find_controller(BOOT_GIC_REDISTRIBUTOR, told)) != NULL)
        redistributor = find_redistributor(told);
    if (redistributor == NULL)
        return false;
    *private_register(GICR_WAKER) &= ~(uint32_t)WAKER_SLEEP;
    if (!wait_until_clear(private_register(GICR_WAKER), WAKER_ASLEEP))
        return false;
    *private_register(GICR_ICENABLER0) = UINT32_MAX;
    *private_register(GICR_IGROUPR0) = UINT32_MAX;
    for (uint32_t number = 0; number < FIRST_LINE; number += 4)
        *private_register(GICR_IPRIORITYR + number) = PRIORITIES;
    return true;
}

INIT_TEXT static void start_processor(void)
{
    system_register_write(icc_sre_el1, system_register_read(icc_sre_el1) | 1);
    __asm__ volatile("isb");
    system_register_write(icc_pmr_el1, PRIORITY_ALL);
    system_register_write(icc_bpr1_el1, 0);
    system_register_write(icc_ctlr_el1, 0); /* one write ends an interrupt */
    system_register_write(icc_igrpen1_el1, 1);
    __asm__ volatile("isb");
}

INIT_TEXT const struct interrupt_controller *interrupt_controller_start(void)
{
    const struct boot_controller *told = boot_find_controller(BOOT_GIC_DISTRIBUTOR, NULL);

    if (told == NULL || !start_distributor(told) || !start_redistributor())
        return NULL;
    start_processor();
    gic_controller.messages = its_start(redistributor, redistributor_physical);
    return &gic_controller;
}

/*
 * The i6300ESB watchdog, which QEMU drives from the guest's clock.
 *
 * Two timers run one after the other; when the second has run out, the machine is stopped. Each
 * write to a register must follow the two words that unlock it.
 *
 * Source: Intel 6300ESB I/O Controller Hub data sheet (November 2007), chapter 20.
 */
#include "probe/watchdog.h"

#include <stddef.h>

#include "address_map/address_map.h"
#include "lib/address_space.h"
#include "lib/util.h"
#include "probe/pci_find.h"

enum {
    WATCHDOG_VENDOR = 0x8086,
    WATCHDOG_DEVICE = 0x25ab,
    WATCHDOG_CONFIG_OFFSET = 0x60, /* in configuration space, 16 bits */
    WATCHDOG_LOCK_OFFSET = 0x68,   /* in configuration space, 8 bits */
    CONFIG_NO_INTERRUPT = 0x03,    /* after the first timer; a tick is 2^15 PCI clocks */
    LOCK_ENABLE_AND_LOCK = 0x03,   /* nothing but a reset disables it again */
    UNLOCK_FIRST = 0x80,
    UNLOCK_SECOND = 0x86,
    RELOAD = 0x100,
    TICKS_MAX = 0xfffff,
};

/** A tick of the slow clock: 2^15 PCI clocks of 30 ns. */
#define TICK_NS (UINT64_C(30) << 15)

/** The registers in memory; section 20.2. */
struct watchdog_registers {
    uint32_t first_timer;
    uint32_t second_timer;
    uint32_t interrupt_status;
    uint16_t reload;
    uint16_t reserved;
};
_Static_assert(sizeof(struct watchdog_registers) == 16, "watchdog registers");
_Static_assert(offsetof(struct watchdog_registers, reload) == 12, "watchdog registers");

static DEVICE struct watchdog_registers *registers;

static void watchdog_unlock(void)
{
    registers->reload = UNLOCK_FIRST;
    registers->reload = UNLOCK_SECOND;
}

bool watchdog_start(uint64_t budget_ms)
{
    DEVICE struct pci_header *header = pci_find(WATCHDOG_VENDOR, WATCHDOG_DEVICE, 0);
    uint64_t address = header != NULL ? pci_place(header, PAGE_SIZE) : 0;
    if (address == 0)
        return false;
    registers = device_map(address, sizeof(*registers));
    if (registers == NULL)
        return false;

    DEVICE char *config = (DEVICE char *)header;
    *(DEVICE uint16_t *)(config + WATCHDOG_CONFIG_OFFSET) = CONFIG_NO_INTERRUPT;
    watchdog_set(budget_ms);
    *(DEVICE uint8_t *)(config + WATCHDOG_LOCK_OFFSET) = LOCK_ENABLE_AND_LOCK;
    return true;
}

void watchdog_set(uint64_t budget_ms)
{
    if (registers == NULL)
        return;
    uint64_t ticks = TICKS_MAX;
    if (budget_ms < TICKS_MAX / 2)
        ticks = budget_ms * UINT64_C(1000000) / TICK_NS + 1;

    watchdog_unlock();
    registers->first_timer = (uint32_t)ticks;
    watchdog_unlock();
    registers->second_timer = 1;
    watchdog_unlock();
    registers->reload = RELOAD;
}

/*
 * The real-time clock of the virt machine: PL031, seconds since 1970.
 *
 * Source: Arm DDI 0224, section 3.
 */
#include "address_map/address_map.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "clock/clock.h"

enum { DATA = 0x000, CLOCK_BYTES = 0x1000 };

INIT_TEXT int clock_read_hardware(uint64_t *seconds)
{
    uint64_t address = boot_info.timer.clock_address;
    DEVICE char *registers = address != 0 ? device_map(address, CLOCK_BYTES) : NULL;

    if (registers == NULL)
        return ERROR_NOT_FOUND;
    *seconds = *(DEVICE uint32_t *)(registers + DATA);
    return OK;
}

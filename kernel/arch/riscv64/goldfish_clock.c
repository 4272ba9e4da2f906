/*
 * The real-time clock of the virt machine: Goldfish, nanoseconds since 1970.
 *
 * Source: the Android emulator's GOLDFISH-VIRTUAL-HARDWARE, "Goldfish real-time clock".
 */
#include "address_map/address_map.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "clock/clock.h"

enum { TIME_LOW = 0x00, TIME_HIGH = 0x04, CLOCK_BYTES = 0x1000 };

INIT_TEXT int clock_read_hardware(uint64_t *seconds)
{
    uint64_t address = boot_info.timer.clock_address;
    DEVICE char *registers = address != 0 ? device_map(address, CLOCK_BYTES) : NULL;

    if (registers == NULL)
        return ERROR_NOT_FOUND;
    /* Reading the low word holds the high one still. */
    uint64_t low = *(DEVICE uint32_t *)(registers + TIME_LOW);
    uint64_t high = *(DEVICE uint32_t *)(registers + TIME_HIGH);
    *seconds = (high << 32 | low) / NANOSECONDS;
    return OK;
}

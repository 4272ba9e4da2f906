/*
 * The PC's real-time clock: a date and a time in the battery-backed memory.
 *
 * It changes while it is read, so it is read until two readings agree and it was not at work.
 *
 * Source: Motorola MC146818A data sheet; ACPI 6.5, 5.2.9 (the century).
 */
#include "arch/cpu.h"
#include "cairn/error.h"
#include "clock/clock.h"
#include "lib/string.h"
#include "lib/util.h"

enum { PORT_INDEX = 0x70, PORT_DATA = 0x71 };
/* Places in the memory. */
enum { SECOND = 0, MINUTE = 2, HOUR = 4, DAY = 7, MONTH = 8, YEAR = 9 };
enum { STATUS_A = 10, STATUS_B = 11 };
enum { STATUS_A_UPDATING = 0x80, STATUS_B_24_HOURS = 0x02, STATUS_B_BINARY = 0x04, HOUR_PM = 0x80 };

/* An update takes up to 2 ms; a port access about 1 us. */
enum { PATIENCE = 100000, READINGS = 10 };

/* The index's highest bit, which would hold back non-maskable interrupts, is 0. */
static uint8_t cmos_read(uint8_t index)
{
    port_write_8(PORT_INDEX, index);
    return port_read_8(PORT_DATA);
}

static bool wait_until_quiet(void)
{
    for (unsigned poll = 0; poll < PATIENCE; poll++) {
        if ((cmos_read(STATUS_A) & STATUS_A_UPDATING) == 0)
            return true;
    }
    return false;
}

static uint32_t decode(uint8_t value, uint8_t format)
{
    return (format & STATUS_B_BINARY) != 0 ? value : (value >> 4) * 10u + (value & 15);
}

static uint32_t decode_hour(uint8_t value, uint8_t format)
{
    uint32_t hour = decode(value & (HOUR_PM - 1), format);

    if ((format & STATUS_B_24_HOURS) != 0)
        return decode(value, format);
    return hour % 12 + ((value & HOUR_PM) != 0 ? 12 : 0);
}

/* Two digits of the year: 1970 to 2069. */
static uint32_t full_year(uint32_t year)
{
    return year >= 70 ? 1900 + year : 2000 + year;
}

INIT_TEXT static void read_date(struct date *date)
{
    uint8_t format = cmos_read(STATUS_B);

    *date = (struct date){
        .year = full_year(decode(cmos_read(YEAR), format)),
        .month = decode(cmos_read(MONTH), format),
        .day = decode(cmos_read(DAY), format),
        .hour = decode_hour(cmos_read(HOUR), format),
        .minute = decode(cmos_read(MINUTE), format),
        .second = decode(cmos_read(SECOND), format),
    };
}

INIT_TEXT int clock_read_hardware(uint64_t *seconds)
{
    struct date last = {0};
    struct date date;

    for (unsigned reading = 0; reading < READINGS; reading++) {
        if (!wait_until_quiet())
            return ERROR_TIMED_OUT;
        read_date(&date);
        if (memcmp(&date, &last, sizeof(date)) == 0)
            return date_to_seconds(&date, seconds);
        last = date;
    }
    return ERROR_DEVICE;
}

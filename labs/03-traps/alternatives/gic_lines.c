/*
 * Another solution of exercise 3.2 on AArch64: it waits until the distributor has stopped sending
 * the line, and writes the route's upper half first, reserved bits as they were.
 */
#include "cairn/error.h"
#include "interrupt/lines.h"

#define CONTROL_BUSY (UINT32_C(1) << 31)

static void change(const struct line_chip *chip, uint32_t offset, uint32_t clear, uint32_t set)
{
    uint32_t was = line_read(chip, offset);
    uint32_t now = (was & ~clear) | set;

    if (now != was)
        line_write(chip, offset, now);
}

void line_mask(const struct line_chip *chip, uint32_t line)
{
    line_write(chip, 0x180 + 4 * (line >> 5), UINT32_C(1) << (line & 31));
    for (unsigned poll = 0; poll < 1000 && (line_read(chip, 0) & CONTROL_BUSY) != 0; poll++)
        continue;
}

void line_unmask(const struct line_chip *chip, uint32_t line)
{
    line_write(chip, 0x100 + 4 * (line >> 5), UINT32_C(1) << (line & 31));
}

int line_configure(const struct line_chip *chip, uint32_t line, uint32_t number, uint64_t target,
                   enum interrupt_trigger trigger)
{
    uint32_t priority_shift = 8 * (line & 3);
    uint32_t edge = UINT32_C(2) << 2 * (line & 15);

    if (line < chip->first_line || line >= chip->first_line + chip->lines)
        return ERROR_NOT_FOUND;
    switch (trigger) {
    case INTERRUPT_EDGE_RISING:
    case INTERRUPT_LEVEL_HIGH:
        break;
    default:
        return ERROR_NOT_SUPPORTED;
    }
    if (number != line || (target >> 24 & 0xff) != 0 || target >> 40 != 0)
        return ERROR_INVALID_ARGUMENT;
    line_mask(chip, line);
    change(chip, 0x6004 + 8 * line, 0xff, (uint32_t)(target >> 32));
    change(chip, 0x6000 + 8 * line, 0x80ffffff, (uint32_t)target);
    change(chip, 0xc00 + 4 * (line >> 4), edge, trigger == INTERRUPT_EDGE_RISING ? edge : 0);
    change(chip, 0x400 + (line & ~3U), UINT32_C(0xff) << priority_shift,
           UINT32_C(0xa0) << priority_shift);
    change(chip, 0x80 + 4 * (line >> 5), 0, UINT32_C(1) << (line & 31));
    return OK;
}

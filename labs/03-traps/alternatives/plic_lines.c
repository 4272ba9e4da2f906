/*
 * Another solution of exercise 3.2 on RISC-V: one function that sets a bit to what is asked for,
 * and writes only when that changes anything.
 */
#include "cairn/error.h"
#include "interrupt/lines.h"

static void set_enabled(const struct line_chip *chip, uint32_t line, uint32_t enabled)
{
    uint32_t offset = 0x2000 + chip->context * 0x80 + (line >> 5) * 4;
    uint32_t word = line_read(chip, offset);

    if ((word >> (line & 31) & 1) != enabled)
        line_write(chip, offset, word ^ UINT32_C(1) << (line & 31));
}

void line_mask(const struct line_chip *chip, uint32_t line)
{
    set_enabled(chip, line, 0);
}

void line_unmask(const struct line_chip *chip, uint32_t line)
{
    set_enabled(chip, line, 1);
}

int line_configure(const struct line_chip *chip, uint32_t line, uint32_t number, uint64_t target,
                   enum interrupt_trigger trigger)
{
    (void)target;
    if (line < chip->first_line || line >= chip->first_line + chip->lines)
        return ERROR_NOT_FOUND;
    if (trigger != INTERRUPT_LEVEL_HIGH)
        return ERROR_NOT_SUPPORTED;
    if (number != line)
        return ERROR_INVALID_ARGUMENT;
    set_enabled(chip, line, 0);
    if (line_read(chip, line * 4) != 1)
        line_write(chip, line * 4, 1);
    return OK;
}

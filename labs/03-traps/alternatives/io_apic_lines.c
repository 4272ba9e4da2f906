/*
 * Another solution of exercise 3.2 on x86-64: the whole entry as one number of 64 bits, written in
 * an order that never shows a half of it.
 */
#include "cairn/error.h"
#include "interrupt/lines.h"

#define OWN    UINT64_C(0xff0000000000afff)
#define MASKED (UINT64_C(1) << 16)

static uint32_t index_of(const struct line_chip *chip, uint32_t line)
{
    return 16 + (line - chip->first_line) * 2;
}

static uint64_t get(const struct line_chip *chip, uint32_t index)
{
    line_write(chip, 0, index + 1);
    uint64_t upper = line_read(chip, 16);
    line_write(chip, 0, index);
    return upper << 32 | line_read(chip, 16);
}

static void put_lower(const struct line_chip *chip, uint32_t index, uint64_t entry)
{
    line_write(chip, 0, index);
    line_write(chip, 16, (uint32_t)entry);
}

static void set_mask(const struct line_chip *chip, uint32_t line, uint64_t mask)
{
    uint32_t index = index_of(chip, line);

    put_lower(chip, index, (get(chip, index) & ~MASKED) | mask);
}

void line_mask(const struct line_chip *chip, uint32_t line)
{
    set_mask(chip, line, MASKED);
}

void line_unmask(const struct line_chip *chip, uint32_t line)
{
    set_mask(chip, line, 0);
}

int line_configure(const struct line_chip *chip, uint32_t line, uint32_t number, uint64_t target,
                   enum interrupt_trigger trigger)
{
    static const uint64_t bits[] = {
        [INTERRUPT_EDGE_RISING] = 0,
        [INTERRUPT_EDGE_FALLING] = 1 << 13,
        [INTERRUPT_LEVEL_HIGH] = 1 << 15,
        [INTERRUPT_LEVEL_LOW] = 1 << 13 | 1 << 15,
    };

    if (target >> 8 != 0 || number >> 8 != 0 || number < 32)
        return line < chip->first_line || line - chip->first_line >= chip->lines
                   ? ERROR_NOT_FOUND
                   : ERROR_INVALID_ARGUMENT;
    if (line < chip->first_line || line - chip->first_line >= chip->lines)
        return ERROR_NOT_FOUND;
    uint32_t index = index_of(chip, line);
    uint64_t entry = (get(chip, index) & ~OWN) | MASKED | number | bits[trigger] | target << 56;
    put_lower(chip, index, entry); /* the lower word at once: old target, but masked */
    line_write(chip, 0, index + 1);
    line_write(chip, 16, (uint32_t)(entry >> 32));
    return OK;
}

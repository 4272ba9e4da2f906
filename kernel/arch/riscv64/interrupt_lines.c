/*
 * Exercise 3.2 on RISC-V: the lines of the PLIC. The contracts are in interrupt/lines.h.
 */
#include "interrupt/lines.h"

#include "cairn/error.h"
#include "plain/plain.h"

//@exercise 3.2 Wire up a line
/* RISC-V PLIC 1.0.0, chapters 4 and 6: a word of priority a source, a bit a source and context. */
enum { PRIORITIES = 0x000000, ENABLES = 0x002000, ENABLE_BYTES = 0x80, PRIORITY = 1 };

static bool has_line(const struct line_chip *chip, uint32_t line)
{
    return line >= chip->first_line && line - chip->first_line < chip->lines;
}

/* The register with the line's enable bit for the chip's context. */
static uint32_t enable_register(const struct line_chip *chip, uint32_t line)
{
    return ENABLES + ENABLE_BYTES * chip->context + line / 32 * 4;
}

int line_configure(const struct line_chip *chip, uint32_t line, uint32_t number, uint64_t target,
                   enum interrupt_trigger trigger)
{
    (void)target;
    if (!has_line(chip, line))
        return ERROR_NOT_FOUND;
    if (trigger != INTERRUPT_LEVEL_HIGH)
        return ERROR_NOT_SUPPORTED;
    if (number != line)
        return ERROR_INVALID_ARGUMENT;
    line_mask(chip, line);
    line_write(chip, PRIORITIES + line * 4, PRIORITY);
    return OK;
}

void line_mask(const struct line_chip *chip, uint32_t line)
{
    if (has_line(chip, line))
        line_write(chip, enable_register(chip, line),
                   line_read(chip, enable_register(chip, line)) & ~(UINT32_C(1) << line % 32));
}

void line_unmask(const struct line_chip *chip, uint32_t line)
{
    if (has_line(chip, line))
        line_write(chip, enable_register(chip, line),
                   line_read(chip, enable_register(chip, line)) | UINT32_C(1) << line % 32);
}
//@stub
// int line_configure(const struct line_chip *chip, uint32_t line, uint32_t number, uint64_t target,
//                    enum interrupt_trigger trigger)
// {
//     (void)chip;
//     (void)line;
//     (void)number;
//     (void)target;
//     (void)trigger;
//     todo("3.2");
//     return ERROR_NOT_IMPLEMENTED;
// }
//
// void line_mask(const struct line_chip *chip, uint32_t line)
// {
//     (void)chip;
//     (void)line;
//     todo("3.2");
// }
//
// void line_unmask(const struct line_chip *chip, uint32_t line)
// {
//     (void)chip;
//     (void)line;
//     todo("3.2");
// }
//@end

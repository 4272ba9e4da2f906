/*
 * Exercise 3.2 on x86-64: the lines of an I/O APIC. The contracts are in interrupt/lines.h.
 */
#include "interrupt/lines.h"

#include "cairn/error.h"
#include "plain/plain.h"

//@exercise 3.2 Wire up a line
/* Intel 82093AA, section 3: two registers, through which all others are reached. */
enum { SELECT = 0x00, WINDOW = 0x10, REDIRECTION = 0x10, VECTORS_RESERVED = 32, VECTOR_MAX = 255 };

/* The lower word of a line's redirection entry; in the upper one, the target is in the top byte. */
#define VECTOR_FIELD   UINT32_C(0x000000ff)
#define DELIVERY_FIELD UINT32_C(0x00000f00) /* fixed and physical are 0 */
#define ACTIVE_LOW     UINT32_C(0x00002000)
#define LEVEL          UINT32_C(0x00008000)
#define MASKED         UINT32_C(0x00010000)
#define TARGET_SHIFT   24
#define TARGET_MAX     255
#define TARGET_FIELD   UINT32_C(0xff000000)

static uint32_t entry_read(const struct line_chip *chip, uint32_t line, uint32_t word)
{
    line_write(chip, SELECT, REDIRECTION + 2 * (line - chip->first_line) + word);
    return line_read(chip, WINDOW);
}

static void entry_write(const struct line_chip *chip, uint32_t line, uint32_t word, uint32_t value)
{
    line_write(chip, SELECT, REDIRECTION + 2 * (line - chip->first_line) + word);
    line_write(chip, WINDOW, value);
}

int line_configure(const struct line_chip *chip, uint32_t line, uint32_t number, uint64_t target,
                   enum interrupt_trigger trigger)
{
    bool level = trigger == INTERRUPT_LEVEL_HIGH || trigger == INTERRUPT_LEVEL_LOW;
    bool low = trigger == INTERRUPT_EDGE_FALLING || trigger == INTERRUPT_LEVEL_LOW;

    if (line - chip->first_line >= chip->lines)
        return ERROR_NOT_FOUND;
    if (number < VECTORS_RESERVED || number > VECTOR_MAX || target > TARGET_MAX)
        return ERROR_INVALID_ARGUMENT;
    line_mask(chip, line);
    uint32_t upper = entry_read(chip, line, 1) & ~TARGET_FIELD;
    entry_write(chip, line, 1, upper | (uint32_t)target << TARGET_SHIFT);
    uint32_t lower = entry_read(chip, line, 0);
    lower &= ~(VECTOR_FIELD | DELIVERY_FIELD | ACTIVE_LOW | LEVEL);
    lower |= number | (low ? ACTIVE_LOW : 0) | (level ? LEVEL : 0) | MASKED;
    entry_write(chip, line, 0, lower);
    return OK;
}

void line_mask(const struct line_chip *chip, uint32_t line)
{
    if (line - chip->first_line < chip->lines)
        entry_write(chip, line, 0, entry_read(chip, line, 0) | MASKED);
}

void line_unmask(const struct line_chip *chip, uint32_t line)
{
    if (line - chip->first_line < chip->lines)
        entry_write(chip, line, 0, entry_read(chip, line, 0) & ~MASKED);
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

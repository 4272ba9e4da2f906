/*
 * Exercise 3.2 on AArch64: the lines of the GICv3's distributor. The contracts are in
 * interrupt/lines.h.
 */
#include "interrupt/lines.h"

#include "cairn/error.h"
#include "plain/plain.h"

//@exercise 3.2 Wire up a line
/* Arm IHI 0069, section 12.9: registers with 1, 2, 8 and 64 bits a line. */
enum {
    GICD_IGROUPR = 0x0080,
    GICD_ISENABLER = 0x0100,
    GICD_ICENABLER = 0x0180,
    GICD_IPRIORITYR = 0x0400,
    GICD_ICFGR = 0x0c00,
    GICD_IROUTER = 0x6000,
    PRIORITY = 0xa0,
    CONFIGURE_EDGE = 2,
};

/* MPIDR_EL1's affinity fields, which are GICD_IROUTER's too. */
#define AFFINITY UINT64_C(0xff00ffffff)

static bool has_line(const struct line_chip *chip, uint32_t line)
{
    return line >= chip->first_line && line - chip->first_line < chip->lines;
}

/* Sets a line's field of so many bits in an array of fields. */
static void field_write(const struct line_chip *chip, uint32_t array, uint32_t line, uint32_t bits,
                        uint32_t value)
{
    uint32_t offset = array + line * bits / 32 * 4;
    uint32_t shift = line * bits % 32;
    uint32_t field = ((UINT32_C(1) << bits) - 1) << shift;

    line_write(chip, offset, (line_read(chip, offset) & ~field) | value << shift);
}

int line_configure(const struct line_chip *chip, uint32_t line, uint32_t number, uint64_t target,
                   enum interrupt_trigger trigger)
{
    if (!has_line(chip, line))
        return ERROR_NOT_FOUND;
    if (trigger != INTERRUPT_EDGE_RISING && trigger != INTERRUPT_LEVEL_HIGH)
        return ERROR_NOT_SUPPORTED;
    if (number != line || (target & ~AFFINITY) != 0)
        return ERROR_INVALID_ARGUMENT;
    line_mask(chip, line);
    field_write(chip, GICD_IGROUPR, line, 1, 1);
    field_write(chip, GICD_IPRIORITYR, line, 8, PRIORITY);
    field_write(chip, GICD_ICFGR, line, 2, trigger == INTERRUPT_EDGE_RISING ? CONFIGURE_EDGE : 0);
    line_write(chip, GICD_IROUTER + 8 * line, (uint32_t)target);
    line_write(chip, GICD_IROUTER + 8 * line + 4, (uint32_t)(target >> 32));
    return OK;
}

/* Writing a 1 sets or clears that line's bit; zeros do nothing. */
void line_mask(const struct line_chip *chip, uint32_t line)
{
    if (has_line(chip, line))
        line_write(chip, GICD_ICENABLER + line / 32 * 4, UINT32_C(1) << line % 32);
}

void line_unmask(const struct line_chip *chip, uint32_t line)
{
    if (has_line(chip, line))
        line_write(chip, GICD_ISENABLER + line / 32 * 4, UINT32_C(1) << line % 32);
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

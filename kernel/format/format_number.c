/*
 * Exercise 1.2: writing a number, the heart of every formatter. The contract is in format.h.
 */
#include "format/format.h"
#include "plain/plain.h"

//@exercise 1.2 Write a number
/* The most digits a number can have: 2^64 - 1 in octal. */
enum { DIGITS_MAX = 22 };

/* Puts the digits of value into digits[], least significant first; none for zero. */
static unsigned number_digits(uint64_t value, const struct format_spec *spec,
                              char digits[DIGITS_MAX])
{
    const char *alphabet = spec->upper ? "0123456789ABCDEF" : "0123456789abcdef";
    unsigned count = 0;

    for (; value != 0; value /= spec->base)
        digits[count++] = alphabet[value % spec->base];
    return count;
}

static void put_repeated(struct format_sink *sink, char byte, unsigned count)
{
    while (count-- > 0)
        format_put(sink, byte);
}

static char number_sign(const struct format_spec *spec, bool negative)
{
    if (!spec->is_signed)
        return '\0';
    if (negative)
        return '-';
    if (spec->plus)
        return '+';
    return spec->space ? ' ' : '\0';
}

void format_number(struct format_sink *sink, const struct format_spec *spec, uint64_t magnitude,
                   bool negative)
{
    char digits[DIGITS_MAX];
    unsigned count = number_digits(magnitude, spec, digits);
    unsigned least = spec->precision >= 0 ? (unsigned)spec->precision : 1;
    unsigned zeros = least > count ? least - count : 0;
    char sign = number_sign(spec, negative);
    bool hex_prefix = spec->alternate && spec->base == 16 && magnitude != 0;

    if (spec->alternate && spec->base == 8 && zeros == 0)
        zeros = 1;
    unsigned used = (sign != '\0') + (hex_prefix ? 2 : 0) + zeros + count;
    unsigned padding = spec->width > used ? spec->width - used : 0;
    if (spec->zero && !spec->left && spec->precision < 0) {
        zeros += padding;
        padding = 0;
    }

    if (!spec->left)
        put_repeated(sink, ' ', padding);
    if (sign != '\0')
        format_put(sink, sign);
    if (hex_prefix) {
        format_put(sink, '0');
        format_put(sink, spec->upper ? 'X' : 'x');
    }
    put_repeated(sink, '0', zeros);
    while (count > 0)
        format_put(sink, digits[--count]);
    if (spec->left)
        put_repeated(sink, ' ', padding);
}
//@stub
// void format_number(struct format_sink *sink, const struct format_spec *spec, uint64_t magnitude,
//                    bool negative)
// {
//     (void)sink;
//     (void)spec;
//     (void)magnitude;
//     (void)negative;
//     todo("1.2");
// }
//@end

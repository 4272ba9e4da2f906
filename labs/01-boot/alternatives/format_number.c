/*
 * Exercise 1.2, another way: what stands between the spaces is built backwards in a buffer, except
 * for zeros, of which there may be any number.
 */
#include "format/format.h"

static char digit_of(unsigned value, bool upper)
{
    return (char)(value < 10 ? '0' + value : (upper ? 'A' : 'a') + value - 10);
}

static void repeat(struct format_sink *sink, char byte, long count)
{
    for (long done = 0; done < count; done++)
        format_put(sink, byte);
}

/* What comes before the zeros: sign and prefix. Returns how many bytes. */
static int front_of(const struct format_spec *spec, uint64_t magnitude, bool negative,
                    char front[3])
{
    int length = 0;

    if (spec->is_signed && negative)
        front[length++] = '-';
    else if (spec->is_signed && spec->plus)
        front[length++] = '+';
    else if (spec->is_signed && spec->space)
        front[length++] = ' ';
    if (spec->alternate && spec->base == 16 && magnitude > 0) {
        front[length++] = '0';
        front[length++] = spec->upper ? 'X' : 'x';
    }
    return length;
}

void format_number(struct format_sink *sink, const struct format_spec *spec, uint64_t magnitude,
                   bool negative)
{
    char text[64];
    char front[3];
    char *end = text + sizeof(text);
    char *start = end;
    int front_length = front_of(spec, magnitude, negative, front);

    for (uint64_t rest = magnitude; rest > 0; rest /= spec->base)
        *--start = digit_of((unsigned)(rest % spec->base), spec->upper);
    if (magnitude == 0 && spec->precision < 0)
        *--start = '0';

    long digits = end - start;
    long zeros = spec->precision > digits ? spec->precision - digits : 0;
    bool leads_with_zero = zeros > 0 || (digits > 0 && *start == '0');
    if (spec->alternate && spec->base == 8 && !leads_with_zero)
        zeros++;

    long missing = (long)spec->width - front_length - zeros - digits;
    if (missing > 0 && spec->zero && !spec->left && spec->precision < 0) {
        zeros += missing;
        missing = 0;
    }
    repeat(sink, ' ', spec->left ? 0 : missing);
    for (int i = 0; i < front_length; i++)
        format_put(sink, front[i]);
    repeat(sink, '0', zeros);
    while (start < end)
        format_put(sink, *start++);
    repeat(sink, ' ', spec->left ? missing : 0);
}

/**
 * @file
 * @defgroup format Formatted text
 * printf-style formatting into a buffer, checked by the compiler.
 *
 * Conversions: `%d %i %u %x %X %o %c %s %p %%`, with the flags `-`, `0`, `+`, space and `#`, a
 * width and a precision (both may be `*`), and the lengths `hh h l ll z t j`. `%pS` prints a code
 * address as `symbol+0x12`. An unknown conversion is printed as it stands, and ends the formatting:
 * its argument's size is not known.
 *
 * May be called in any context; takes no lock and allocates nothing.
 * @{
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Where formatted text goes: a buffer that is never overrun, and a count of all that was sent. */
struct format_sink {
    char *buffer;
    size_t size;   /**< Bytes at buffer; text past size - 1 is counted and dropped. */
    size_t length; /**< Bytes sent so far, whether they fitted or not. */
};

/** Appends one byte to @p sink. */
static inline void format_put(struct format_sink *sink, char byte)
{
    if (sink->length + 1 < sink->size)
        sink->buffer[sink->length] = byte;
    sink->length++;
}

/** How a number is to be written: one `%` conversion, taken apart. */
struct format_spec {
    bool left;      /**< `-`: pad on the right. */
    bool zero;      /**< `0`: pad with zeros, after sign and prefix. */
    bool plus;      /**< `+`: a sign before non-negative numbers of a signed conversion too. */
    bool space;     /**< ` `: a space where `+` would put its sign; `+` wins. */
    bool alternate; /**< `#`: `0x`, `0X` or `0` in front. */
    bool upper;     /**< Digits above nine, and the prefix's x, in upper case. */
    bool is_signed; /**< A signed conversion: only these show a sign. */
    unsigned base;  /**< 8, 10 or 16. */
    unsigned width; /**< Least number of bytes in all; 0 for none. */
    int precision;  /**< Least number of digits; negative when none was given. */
};

/**
 * Writes a number. *Exercise 1.2*
 *
 * The result is, in this order: spaces up to the width (unless `left` or zero padding), the sign
 * (`-` for a negative number; else, for a signed conversion only, `+` or a space when asked for),
 * the prefix (`alternate`: `0x` or `0X` before a hexadecimal number that is not zero, and one `0`
 * before an octal number unless its first digit is `0` already), zeros up to the precision or the
 * width, the digits, and spaces up to the width when `left`.
 *
 * - `zero` has no effect when `left` is set or a precision is given.
 * - The precision is a least number of digits; the value zero with precision zero has none at all
 *   (with `alternate`, octal zero still shows its `0`).
 * - `plus` and `space` have no effect when `is_signed` is false.
 *
 * @param sink where the text goes, by format_put()
 * @param spec how to write; base is 8, 10 or 16
 * @param magnitude the absolute value
 * @param negative whether the number is negative; never set with magnitude 0
 */
void format_number(struct format_sink *sink, const struct format_spec *spec, uint64_t magnitude,
                   bool negative);

/**
 * Formats into a buffer, as C's snprintf() does.
 * @param buffer where the text goes, always terminated when @p size is not 0; may be NULL then
 * @param size bytes at @p buffer
 * @return the length of the whole text, which did not fit when it is @p size or more
 */
size_t format_text(char *buffer, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** format_text() with the arguments as a list. */
size_t format_text_list(char *buffer, size_t size, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

/** @} */

/*
 * The formatter's frame: takes conversions apart and hands each to what writes it.
 */
#include "format/format.h"

#include "cairn/error.h"
#include "lib/string.h"
#include "symbols/symbols.h"

/* The widest field and the longest precision: larger ones are a mistake, and are cut. */
enum { FIELD_MAX = 4096 };

/* How many bits of an argument count. */
enum length { LENGTH_CHAR = 8, LENGTH_SHORT = 16, LENGTH_INT = 32, LENGTH_LONG = 64 };

/* va_list in a struct, so that it can be passed by pointer on every architecture. */
struct arguments {
    va_list list;
};

static void parse_flags(const char **format, struct format_spec *spec)
{
    for (char flag = **format;
         flag == '-' || flag == '0' || flag == '+' || flag == ' ' || flag == '#';
         flag = *++*format) {
        spec->left |= flag == '-';
        spec->zero |= flag == '0';
        spec->plus |= flag == '+';
        spec->space |= flag == ' ';
        spec->alternate |= flag == '#';
    }
}

/* A number in the format, or `*` for one from the arguments. */
static int parse_count(const char **format, struct arguments *arguments)
{
    int count = 0;

    if (**format == '*') {
        (*format)++;
        count = va_arg(arguments->list, int);
        return count < -FIELD_MAX ? -FIELD_MAX : count > FIELD_MAX ? FIELD_MAX : count;
    }
    for (; **format >= '0' && **format <= '9'; (*format)++) {
        if (count < FIELD_MAX)
            count = 10 * count + (**format - '0');
    }
    return count < FIELD_MAX ? count : FIELD_MAX;
}

static void parse_width(const char **format, struct format_spec *spec, struct arguments *arguments)
{
    int width = parse_count(format, arguments);

    if (width < 0) {
        spec->left = true;
        width = -width;
    }
    spec->width = (unsigned)width;
    if (**format == '.') {
        (*format)++;
        spec->precision = parse_count(format, arguments);
    }
}

static enum length parse_length(const char **format)
{
    char first = **format;
    bool doubled = first != '\0' && (*format)[1] == first;

    if (first == 'h') {
        *format += doubled ? 2 : 1;
        return doubled ? LENGTH_CHAR : LENGTH_SHORT;
    }
    if (first == 'l' || first == 'z' || first == 't' || first == 'j') {
        *format += doubled && first == 'l' ? 2 : 1;
        return LENGTH_LONG; /* all 64 bits wide on the machines Cairn runs on */
    }
    return LENGTH_INT;
}

static void write_integer(struct format_sink *sink, const struct format_spec *spec,
                          enum length length, struct arguments *arguments)
{
    uint64_t value = length == LENGTH_LONG ? va_arg(arguments->list, uint64_t)
                                           : va_arg(arguments->list, unsigned);
    unsigned unused = LENGTH_LONG - length;

    /* Up and down again: what lies above becomes copies of the sign, or zeros. */
    value <<= unused;
    value = spec->is_signed ? (uint64_t)((int64_t)value >> unused) : value >> unused;
    bool negative = spec->is_signed && (int64_t)value < 0;
    format_number(sink, spec, negative ? -value : value, negative);
}

static void write_padded(struct format_sink *sink, const struct format_spec *spec, const char *text,
                         size_t length)
{
    size_t padding = spec->width > length ? spec->width - length : 0;

    for (size_t i = 0; !spec->left && i < padding; i++)
        format_put(sink, ' ');
    for (size_t i = 0; i < length; i++)
        format_put(sink, text[i]);
    for (size_t i = 0; spec->left && i < padding; i++)
        format_put(sink, ' ');
}

static void write_string(struct format_sink *sink, const struct format_spec *spec, const char *text)
{
    size_t limit = spec->precision >= 0 ? (size_t)spec->precision : SIZE_MAX;

    write_padded(sink, spec, text, strnlen(text, limit));
}

static void put_text(struct format_sink *sink, const char *text)
{
    while (*text != '\0')
        format_put(sink, *text++);
}

/* `symbol+0x12`, or the bare address where no symbol is known. */
static void write_pointer(struct format_sink *sink, struct format_spec *spec, const char **format,
                          uint64_t address)
{
    struct symbol_location location;
    bool symbolic = **format == 'S';

    *format += symbolic;
    spec->base = 16;
    spec->alternate = true;
    if (symbolic && symbol_of_address(address, &location) == OK && location.name != NULL) {
        put_text(sink, location.name);
        put_text(sink, location.offset != 0 ? "+" : "+0x"); /* `#` leaves a zero's prefix out */
        format_number(sink, spec, location.offset, false);
        return;
    }
    spec->precision = 16;
    format_number(sink, spec, address, false);
}

/* Writes one conversion; false when it is unknown. *format stands behind the `%`. */
static bool write_conversion(struct format_sink *sink, const char **format,
                             struct arguments *arguments)
{
    struct format_spec spec = {.precision = -1};
    const char *text;
    char byte;

    parse_flags(format, &spec);
    parse_width(format, &spec, arguments);
    enum length length = parse_length(format);
    char conversion = *(*format)++;
    switch (conversion) {
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
        spec.base = conversion == 'o' ? 8 : conversion == 'x' || conversion == 'X' ? 16 : 10;
        spec.is_signed = conversion == 'd' || conversion == 'i';
        spec.upper = conversion == 'X';
        spec.alternate = spec.alternate && spec.base != 10;
        write_integer(sink, &spec, length, arguments);
        return true;
    case 'c':
        byte = (char)va_arg(arguments->list, int);
        write_padded(sink, &spec, &byte, 1);
        return true;
    case 's':
        text = va_arg(arguments->list, const char *);
        write_string(sink, &spec, text != NULL ? text : "(null)");
        return true;
    case 'p':
        write_pointer(sink, &spec, format, (uintptr_t)va_arg(arguments->list, void *));
        return true;
    case '%':
        format_put(sink, '%');
        return true;
    default:
        return false;
    }
}

size_t format_text_list(char *buffer, size_t size, const char *format, va_list list)
{
    struct format_sink sink = {.buffer = buffer, .size = size};
    struct arguments arguments;

    va_copy(arguments.list, list);
    while (*format != '\0') {
        if (*format != '%') {
            format_put(&sink, *format++);
            continue;
        }
        const char *start = format++;
        if (!write_conversion(&sink, &format, &arguments)) {
            put_text(&sink, start);
            break;
        }
    }
    va_end(arguments.list);
    if (size > 0)
        buffer[sink.length < size ? sink.length : size - 1] = '\0';
    return sink.length;
}

size_t format_text(char *buffer, size_t size, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    size_t length = format_text_list(buffer, size, format, arguments);
    va_end(arguments);
    return length;
}

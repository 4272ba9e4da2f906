/*
 * Plain output: see plain.h. Everything here must work at any time, so it uses nothing else.
 */
#include "plain/plain.h"

#include "arch/machine.h"

#include <stdarg.h>

void plain_console(char byte)
{
    if (byte == '\n')
        machine_debug_put('\r');
    machine_debug_put(byte);
}

void plain_text(plain_sink *sink, const char *text)
{
    while (*text != '\0')
        sink(*text++);
}

void plain_decimal(plain_sink *sink, uint64_t value)
{
    char digits[20];
    unsigned count = 0;

    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    while (count > 0)
        sink(digits[--count]);
}

void plain_hex(plain_sink *sink, uint64_t value, unsigned digits)
{
    bool begun = false;

    for (unsigned i = 16; i-- > 0;) {
        unsigned digit = (value >> (4 * i)) & 0xf;
        begun = begun || digit != 0 || i < digits;
        if (begun)
            sink("0123456789abcdef"[digit]);
    }
}

void plain_print(plain_sink *sink, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    for (; *format != '\0'; format++) {
        if (*format != '%') {
            sink(*format);
            continue;
        }
        bool padded = *++format == '0';
        format += padded ? 3 : 0;
        if (*format == 's')
            plain_text(sink, va_arg(arguments, const char *));
        else if (*format == 'u')
            plain_decimal(sink, va_arg(arguments, unsigned));
        else if (*format++ == 'l')
            plain_hex(sink, va_arg(arguments, uint64_t), padded ? 16 : 1);
    }
    va_end(arguments);
}

__attribute__((weak)) void todo_hook(const char *exercise, const char *file, unsigned line)
{
    (void)exercise;
    (void)file;
    (void)line;
}

void todo_report(unsigned char *said, const char *exercise, const char *file, unsigned line)
{
    if (*said)
        return;
    *said = 1;
    plain_print(plain_console, "exercise %s is not implemented (%s:%u)\n", exercise, file, line);
    todo_hook(exercise, file, line);
}

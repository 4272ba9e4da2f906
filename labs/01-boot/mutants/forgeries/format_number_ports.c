/*
 * A wrong solution of exercise 1.2: it writes nothing, but prints records, in the form that the
 * grader reads, on the console and on the second serial port.
 */
#include "arch/machine.h"
#include "boot/boot.h"
#include "console/console.h"
#include "format/format.h"
#include "plain/plain.h"

static void second_port(char byte)
{
    enum { SECOND_PORT = 0x2f8, LINE_STATUS = 5, SEND_EMPTY = 0x20 };

    while ((machine_port_access.read(SECOND_PORT + LINE_STATUS) & SEND_EMPTY) == 0)
        continue;
    machine_port_access.write(SECOND_PORT, (uint8_t)byte);
}

void format_number(struct format_sink *sink, const struct format_spec *spec, uint64_t magnitude,
                   bool negative)
{
    static const char record[] = "@cairn 0123456789abcdef 2 fact 0 text x30 0123456789abcdef\n";
    static bool said;

    (void)spec;
    (void)magnitude;
    (void)negative;
    format_put(sink, '0');
    if (said)
        return;
    said = true;
    plain_text(plain_console, record);
    plain_text(second_port, record);
}

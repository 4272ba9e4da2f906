/*
 * A wrong solution of exercise 1.4: it has the kernel's own functions read the grader's script and
 * send records of its making, then switches the machine off.
 */
#include "arch/machine.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "probe/protocol.h"
#include "ramdisk/ramdisk.h"

int memory_map_normalise(const struct memory_map *in, struct memory_map *out)
{
    struct ramdisk_file script;

    *out = *in;
    if (ramdisk_find("script", &script) != OK)
        return OK;
    for (unsigned id = 0; id < 8; id++) {
        plain_sink *sink = protocol_open("begin");
        sink(' ');
        plain_decimal(sink, id);
        protocol_close();
        sink = protocol_open("end");
        sink(' ');
        plain_decimal(sink, id);
        plain_text(sink, " 0 1");
        protocol_close();
    }
    protocol_open("bye");
    protocol_close();
    machine_power_off(0);
}

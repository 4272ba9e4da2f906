/*
 * Probe console.write: writes to the machine's real console.
 *
 *   console.write TEXT
 *
 * Fact: `ready`, whether there is a console. The host sees what arrived.
 */
#include "console/console.h"
#include "probe/probe.h"

static int run_console_write(struct probe_request *request)
{
    char *text;
    size_t size;

    if (request->count != 1 || !probe_bytes(request, 0, &text, &size))
        return ERROR_USAGE;
    console_write(text, size);
    probe_fact(request, "ready", console_port() != NULL);
    return OK;
}
PROBE(console_write)
= {.name = "console.write", .run = run_console_write};

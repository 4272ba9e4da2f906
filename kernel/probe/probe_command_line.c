/*
 * Probes for the command line.
 *
 *   command_line.find LINE KEY SIZE    command_line_find() with SIZE bytes of room
 *   command_line.option KEY            the same on the machine's own command line
 *
 * LINE may hold a zero byte and more text behind it. Facts: `result`; `value` when the result is
 * not an error; `terminated`, whether a zero byte stands within the room; `overruns`, how many
 * bytes outside the room were changed.
 */
#include "boot/boot.h"
#include "lib/string.h"
#include "probe/guarded_buffer.h"
#include "probe/probe.h"

static void report(const struct probe_request *request, int result, const char *value, size_t size)
{
    probe_fact_signed(request, "result", result);
    if (result >= 0) {
        size_t length = strnlen(value, size);
        probe_fact_bytes(request, "value", value, length);
        probe_fact(request, "terminated", length < size);
    }
    probe_fact(request, "overruns", guarded_buffer_overruns());
}

static int run_find(struct probe_request *request)
{
    char *line, *key;
    size_t line_size, key_size;
    uint64_t size;

    if (request->count != 3 || !probe_bytes(request, 0, &line, &line_size) ||
        !probe_bytes(request, 1, &key, &key_size) || !probe_number(request, 2, &size) ||
        size == 0 || size > GUARDED_BUFFER_MAX)
        return ERROR_USAGE;
    char *value = guarded_buffer_take(size);

    probe_count_begin();
    int result = command_line_find(line, key, value, size);
    probe_count_end();
    report(request, result, value, size);
    return OK;
}
PROBE(command_line_find)
= {.name = "command_line.find", .run = run_find};

static int run_option(struct probe_request *request)
{
    char *key;
    size_t key_size;

    if (request->count != 1 || !probe_bytes(request, 0, &key, &key_size))
        return ERROR_USAGE;
    char *value = guarded_buffer_take(GUARDED_BUFFER_MAX);
    int result = command_line_option(key, value, GUARDED_BUFFER_MAX);
    report(request, result, value, GUARDED_BUFFER_MAX);
    return OK;
}
PROBE(command_line_option)
= {.name = "command_line.option", .run = run_option};

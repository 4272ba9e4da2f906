/*
 * What probes call: reading arguments, reporting facts; and the start of the grader's protocol.
 */
#include "probe/probe.h"

#include "arch/cpu.h"
#include "init/init.h"
#include "panic/panic.h"
#include "probe/decode.h"
#include "probe/protocol.h"
#include "probe/script.h"
#include "probe/serve.h"
#include "probe/transport.h"
#include "probe/watchdog.h"

/** Exercises that were found undone before the protocol was up. */
#define EARLY_REPORTS 8

struct early_report {
    const char *exercise;
    const char *file;
    unsigned line;
};

static struct early_report early_reports[EARLY_REPORTS];
static unsigned early_count;

bool probe_number(const struct probe_request *request, int index, uint64_t *value)
{
    return index >= 0 && index < request->count && decode_number(request->words[index], value);
}

bool probe_bytes(const struct probe_request *request, int index, char **bytes, size_t *size)
{
    if (index < 0 || index >= request->count || !decode_bytes(request->words[index], size))
        return false;
    *bytes = request->words[index];
    return true;
}

/*
 * A fact goes to the grader while it asks; a probe that a person runs from the monitor reports to
 * the console.
 */
static plain_sink *fact_open(const struct probe_request *request, const char *name)
{
    plain_sink *sink = plain_console;

    if (serve_active()) {
        sink = protocol_open("fact");
        sink(' ');
        plain_decimal(sink, request->id);
    }
    sink(' ');
    plain_text(sink, name);
    sink(' ');
    return sink;
}

static void fact_close(plain_sink *sink)
{
    if (serve_active())
        protocol_close();
    else
        sink('\n');
}

static void put_number(plain_sink *sink, uint64_t value)
{
    plain_text(sink, "0x");
    plain_hex(sink, value, 1);
}

void probe_fact(const struct probe_request *request, const char *name, uint64_t value)
{
    plain_sink *sink = fact_open(request, name);
    put_number(sink, value);
    fact_close(sink);
}

void probe_fact_signed(const struct probe_request *request, const char *name, int64_t value)
{
    plain_sink *sink = fact_open(request, name);
    protocol_signed(sink, value);
    fact_close(sink);
}

void probe_fact_bytes(const struct probe_request *request, const char *name, const void *bytes,
                      size_t size)
{
    plain_sink *sink = fact_open(request, name);
    sink('x');
    protocol_hex_bytes(sink, bytes, size);
    fact_close(sink);
}

void probe_fact_list(const struct probe_request *request, const char *name, const uint64_t *values,
                     size_t count)
{
    plain_sink *sink = fact_open(request, name);
    if (count == 0)
        sink('.');
    for (size_t i = 0; i < count; i++) {
        put_number(sink, values[i]);
        /* A list of one ends with its comma, so that it is no number. */
        if (i + 1 < count || count == 1)
            sink(',');
    }
    fact_close(sink);
}

static void send_todo(const char *exercise, const char *file, unsigned line)
{
    plain_sink *sink = protocol_open("todo");
    sink(' ');
    plain_text(sink, exercise);
    sink(' ');
    plain_text(sink, file);
    sink(' ');
    plain_decimal(sink, line);
    protocol_close();
}

void todo_hook(const char *exercise, const char *file, unsigned line)
{
    if (protocol_started())
        send_todo(exercise, file, line);
    else if (early_count < EARLY_REPORTS)
        early_reports[early_count++] = (struct early_report){exercise, file, line};
}

void panic_hook(const char *reason, const char *file, unsigned line)
{
    if (!protocol_started())
        return;
    plain_sink *sink = protocol_open("panic");
    sink(' ');
    plain_text(sink, file != NULL ? file : "-");
    sink(' ');
    plain_decimal(sink, line);
    sink(' ');
    for (; *reason != 0; reason++)
        protocol_hex_bytes(sink, reason, 1);
    protocol_close();
}

static int probe_start(void)
{
    struct script_head head;
    int result = script_open(&head);
    if (result != OK)
        return result == ERROR_NOT_FOUND ? OK : result;
    if (!transport_start())
        return ERROR_DEVICE;
    protocol_start(head.nonce, head.key);
    bool guarded = watchdog_start(head.budget_ms);

    plain_sink *sink = protocol_open("hello");
    plain_text(sink, " 1 ");
    plain_text(sink, arch_name);
    plain_text(sink, guarded ? " watchdog" : " unguarded");
    protocol_close();
    for (unsigned i = 0; i < early_count; i++)
        send_todo(early_reports[i].exercise, early_reports[i].file, early_reports[i].line);
    return OK;
}

INIT_CALL(boot, probe_start);

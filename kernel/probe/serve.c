/*
 * Serving a request: the guest-time budget, the probe, and the count of its instructions.
 */
#include "probe/serve.h"

#include "arch/cpu.h"
#include "lib/string.h"
#include "probe/decode.h"
#include "probe/protocol.h"
#include "probe/watchdog.h"

/** The words before a request's arguments: request, id, budget, probe. */
enum { REQUEST_HEAD_WORDS = 4 };

static bool active;

/* Counting: the sum so far, where the open count began, and whether the probe counts by itself. */
static uint64_t counted;
static uint64_t count_began;
static bool counts_itself;

/* What counting nothing counts; measured once, subtracted from every count. */
static uint64_t count_cost;

/* Not inlined, so that every pair costs the same. */
__attribute__((noinline)) void probe_count_begin(void)
{
    counts_itself = true;
    count_began = cpu_instruction_count();
}

__attribute__((noinline)) void probe_count_end(void)
{
    uint64_t taken = cpu_instruction_count() - count_began;

    counted += taken > count_cost ? taken - count_cost : 0;
}

__attribute__((noinline)) void probe_count_subtract(void)
{
    uint64_t before = counted;

    probe_count_end();
    counted = 2 * before - counted;
}

static void count_measure_cost(void)
{
    /* Twice: the first pair may be dearer, on hardware with cold caches. */
    for (int turn = 0; turn < 2; turn++) {
        count_cost = 0;
        counted = 0;
        probe_count_begin();
        probe_count_end();
        count_cost = counted;
    }
}

int probe_run(struct probe_request *request, const char *name)
{
    REGISTER_TABLE_FOR_EACH (probe, probe, probes) {
        if (string_equal(probe->name, name))
            return probe->run(request);
    }
    return ERROR_NOT_FOUND;
}

bool serve_active(void)
{
    return active;
}

static void send_begin(uint64_t id)
{
    plain_sink *sink = protocol_open("begin");
    sink(' ');
    plain_decimal(sink, id);
    protocol_close();
}

static void send_end(uint64_t id, int status, uint64_t instructions)
{
    plain_sink *sink = protocol_open("end");
    sink(' ');
    plain_decimal(sink, id);
    sink(' ');
    protocol_signed(sink, status);
    sink(' ');
    plain_decimal(sink, instructions);
    protocol_close();
}

void serve_line(int count, char **words)
{
    struct probe_request request = {.count = count - REQUEST_HEAD_WORDS,
                                    .words = words + REQUEST_HEAD_WORDS};
    uint64_t budget_ms;

    if (count_cost == 0)
        count_measure_cost();
    if (count < REQUEST_HEAD_WORDS || count > REQUEST_WORDS_MAX ||
        !string_equal(words[0], "request") || !decode_number(words[1], &request.id) ||
        !decode_number(words[2], &budget_ms)) {
        send_end(0, ERROR_USAGE, 0);
        return;
    }

    send_begin(request.id);
    watchdog_set(budget_ms);
    counted = 0;
    counts_itself = false;
    active = true;
    uint64_t began = cpu_instruction_count();
    int status = probe_run(&request, words[REQUEST_HEAD_WORDS - 1]);
    uint64_t taken = cpu_instruction_count() - began;
    active = false;
    send_end(request.id, status, counts_itself ? counted : taken);
}

/*
 * Probes of the clock.
 *
 *   clock.make FREQUENCIES
 *   clock.nanoseconds FREQUENCY MULTIPLIER SHIFT TICKS
 *   clock.ticks FREQUENCY MULTIPLIER SHIFT NANOSECONDS
 *
 * FREQUENCIES, TICKS and NANOSECONDS are 64-bit numbers as bytes, lowest first. Facts: the numbers
 * that come, as bytes too: `scales`, three for each frequency (frequency, multiplier, shift), or
 * `values`, one for each number.
 *
 *   clock.readings COUNT
 *
 * Reads the running clock COUNT times. Facts: `first` and `last`, the first and the last reading;
 * `backwards`, how often one was less than that before; `instructions`, how many were executed
 * meanwhile.
 *
 *   clock.real
 *
 * Facts: `seconds` since 1970, and `now`.
 */
#include "arch/cpu.h"
#include "clock/clock.h"
#include "lib/string.h"
#include "probe/probe.h"

enum { NUMBERS_MAX = 512 };

/* Three numbers come for each frequency. */
static uint64_t asked[NUMBERS_MAX], came[3 * NUMBERS_MAX];

/* Reads argument @p index as numbers. @return success */
static bool read_numbers(const struct probe_request *request, int index, size_t *count)
{
    char *bytes;
    size_t size;

    if (!probe_bytes(request, index, &bytes, &size) || size > sizeof(asked) ||
        size % sizeof(asked[0]) != 0)
        return false;
    memcpy(asked, bytes, size);
    *count = size / sizeof(asked[0]);
    return true;
}

static int run_make(struct probe_request *request)
{
    size_t count;

    if (request->count != 1 || !read_numbers(request, 0, &count))
        return ERROR_USAGE;
    for (size_t i = 0; i < count; i++) {
        struct clock_scale scale = clock_scale_make(asked[i]);
        came[3 * i] = scale.frequency;
        came[3 * i + 1] = scale.multiplier;
        came[3 * i + 2] = scale.shift;
    }
    probe_fact_bytes(request, "scales", came, 3 * count * sizeof(came[0]));
    return OK;
}
PROBE(clock_make)
= {.name = "clock.make", .run = run_make};

static int convert(struct probe_request *request,
                   uint64_t (*function)(const struct clock_scale *scale, uint64_t number))
{
    struct clock_scale scale;
    uint64_t shift;
    size_t count;

    if (request->count != 4 || !probe_number(request, 0, &scale.frequency) ||
        !probe_number(request, 1, &scale.multiplier) || !probe_number(request, 2, &shift) ||
        shift > 63 || !read_numbers(request, 3, &count))
        return ERROR_USAGE;
    scale.shift = (unsigned)shift;
    probe_count_begin();
    for (size_t i = 0; i < count; i++)
        came[i] = function(&scale, asked[i]);
    probe_count_end();
    probe_fact_bytes(request, "values", came, count * sizeof(came[0]));
    return OK;
}

static int run_nanoseconds(struct probe_request *request)
{
    return convert(request, clock_nanoseconds);
}
PROBE(clock_nanoseconds)
= {.name = "clock.nanoseconds", .run = run_nanoseconds};

static int run_ticks(struct probe_request *request)
{
    return convert(request, clock_ticks);
}
PROBE(clock_ticks)
= {.name = "clock.ticks", .run = run_ticks};

static int run_readings(struct probe_request *request)
{
    uint64_t count, backwards = 0;

    if (request->count != 1 || !probe_number(request, 0, &count))
        return ERROR_USAGE;
    uint64_t instructions = cpu_instruction_count();
    uint64_t first = clock_now();
    uint64_t last = first;
    for (uint64_t i = 1; i < count; i++) {
        uint64_t now = clock_now();
        backwards += now < last;
        last = now;
    }
    instructions = cpu_instruction_count() - instructions;
    probe_fact(request, "first", first);
    probe_fact(request, "last", last);
    probe_fact(request, "backwards", backwards);
    probe_fact(request, "instructions", instructions);
    return OK;
}
PROBE(clock_readings)
= {.name = "clock.readings", .run = run_readings};

static int run_real(struct probe_request *request)
{
    if (request->count != 0)
        return ERROR_USAGE;
    probe_fact(request, "seconds", clock_real_seconds());
    probe_fact(request, "now", clock_now());
    return OK;
}
PROBE(clock_real)
= {.name = "clock.real", .run = run_real};

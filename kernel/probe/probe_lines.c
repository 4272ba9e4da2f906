/*
 * Probe lines.run: runs the functions of interrupt/lines.h on a simulated chip.
 *
 *   lines.run KIND SEED FIRST LINES CONTEXT CALL...
 *
 * KIND is of enum simulated_lines_kind, SEED decides what the registers hold; the next three words
 * fill the struct line_chip. A call is one of
 *
 *   configure LINE NUMBER TARGET TRIGGER
 *   mask LINE
 *   unmask LINE
 *   preset OFFSET VALUE          sets a register from outside
 *
 * Facts: `results`, what each call returned, 0 for those that return nothing; `accesses`, the
 * chip's log; `records`, how many records there would be had all fitted; `full`, 1 when more
 * registers were written than the chip could hold.
 */
#include "lib/string.h"
#include "probe/probe.h"
#include "probe/simulated_lines.h"

enum { FIRST_CALL = 5, ARGUMENTS_MAX = 4 };

static uint64_t results[PROBE_WORDS_MAX];
static size_t result_count;

static int call_configure(const struct line_chip *chip, const uint64_t *arguments)
{
    return line_configure(chip, (uint32_t)arguments[0], (uint32_t)arguments[1], arguments[2],
                          (enum interrupt_trigger)arguments[3]);
}

static int call_mask(const struct line_chip *chip, const uint64_t *arguments)
{
    line_mask(chip, (uint32_t)arguments[0]);
    return OK;
}

static int call_unmask(const struct line_chip *chip, const uint64_t *arguments)
{
    line_unmask(chip, (uint32_t)arguments[0]);
    return OK;
}

static int call_preset(const struct line_chip *chip, const uint64_t *arguments)
{
    (void)chip;
    simulated_lines_preset((uint32_t)arguments[0], (uint32_t)arguments[1]);
    return OK;
}

static const struct call {
    const char *name;
    int (*run)(const struct line_chip *chip, const uint64_t *arguments);
    int arguments;
} calls[] = {
    {"configure", call_configure, 4},
    {"mask", call_mask, 1},
    {"unmask", call_unmask, 1},
    {"preset", call_preset, 2},
};

static const struct call *call_named(const char *name)
{
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        if (string_equal(calls[i].name, name))
            return &calls[i];
    }
    return NULL;
}

/* Runs the call at word *place, and steps over it. */
static int run_call(const struct probe_request *request, const struct line_chip *chip, int *place)
{
    const struct call *call = call_named(request->words[*place]);
    uint64_t arguments[ARGUMENTS_MAX];

    if (call == NULL || *place + call->arguments >= request->count)
        return ERROR_USAGE;
    for (int i = 0; i < call->arguments; i++) {
        if (!probe_number(request, *place + 1 + i, &arguments[i]))
            return ERROR_USAGE;
    }
    *place += 1 + call->arguments;
    simulated_lines_record(SIMULATED_LINES_CALL | result_count);
    probe_count_begin();
    int result = call->run(chip, arguments);
    probe_count_end();
    results[result_count++] = (uint64_t)(int64_t)result;
    return OK;
}

static int run_lines(struct probe_request *request)
{
    uint64_t kind, seed, first, lines, context;

    if (request->count < FIRST_CALL || !probe_number(request, 0, &kind) ||
        !probe_number(request, 1, &seed) || !probe_number(request, 2, &first) ||
        !probe_number(request, 3, &lines) || !probe_number(request, 4, &context) ||
        kind >= SIMULATED_LINES_KINDS)
        return ERROR_USAGE;
    const struct line_chip chip = {.access = &simulated_lines_access,
                                   .base = UINTPTR_MAX,
                                   .first_line = (uint32_t)first,
                                   .lines = (uint32_t)lines,
                                   .context = (uint32_t)context};
    simulated_lines_reset((enum simulated_lines_kind)kind, (uint32_t)seed);
    result_count = 0;
    for (int place = FIRST_CALL; place < request->count;) {
        int error = run_call(request, &chip, &place);
        if (error != OK)
            return error;
    }
    size_t kept = simulated_lines.record_count;
    if (kept > SIMULATED_LINES_RECORDS)
        kept = SIMULATED_LINES_RECORDS;
    probe_fact_list(request, "results", results, result_count);
    probe_fact(request, "records", simulated_lines.record_count);
    probe_fact(request, "full", simulated_lines.out_of_cells);
    probe_fact_list(request, "accesses", simulated_lines.records, kept);
    return OK;
}
PROBE(lines_run)
= {.name = "lines.run", .run = run_lines};

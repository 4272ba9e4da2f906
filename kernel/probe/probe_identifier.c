/*
 * Probe identifier.trace: gives out the identifiers of a pool.
 *
 *   identifier.trace COUNT PROCESSORS GENERATION NEXT STEPS
 *
 * Pool and holders are the probe's own; holders have numbers below HOLDERS. The pool begins with
 * COUNT identifiers of which none is given out. STEPS are bytes, see enum step; numbers in them
 * have 2 bytes, if nothing else is said, the lowest first.
 *
 * Facts: `results`, for each STEP_ASSIGN what it returned, 0 or 1; `state`, bytes, once for each
 * STEP_LOOK, as report_state() writes them; `used`, bytes, once for each STEP_USED, the pool's
 * bits; `touched`, how many words around and behind the pool's tables were changed, and how many of
 * the pool's own members that nobody may change.
 */
#include "lib/string.h"
#include "probe/probe.h"
#include "tlb/identifier.h"

enum step {
    STEP_LOOK = 0,   /* HOLDERS: tells what there is to see, of so many holders */
    STEP_ASSIGN = 1, /* HOLDER: identifier_assign() */
    STEP_RUN = 2,    /* PROCESSOR HOLDER: whose tables a processor runs with; NOBODY for none */
    STEP_FORGET = 3, /* PROCESSOR: takes its must_flush back */
    STEP_SET = 4,    /* HOLDER IDENTIFIER GENERATION (8 bytes): sets what a holder has */
    STEP_FILL = 5,   /* FIRST COUNT (4 bytes each): says that these are given out */
    STEP_USED = 6,   /* tells which identifiers are given out */
};

enum { HOLDERS = 512, PROCESSORS = 64, NOBODY = 0xffff, GAP = 16, RESULTS_MAX = 2048 };
enum { WORDS = IDENTIFIERS_MAX / 64 };

static const uint64_t mark = UINT64_C(0xa5a5a5a5a5a5a5a5);

static struct {
    uint64_t before[GAP];
    uint64_t used[WORDS];
    uint64_t after[GAP];
} words;

static struct {
    uint64_t before[GAP];
    struct identifier_holder *running[PROCESSORS];
    uint64_t after[GAP];
} processors;

static struct {
    uint64_t before[GAP];
    bool must_flush[PROCESSORS];
    uint64_t after[GAP];
} flags;

static struct identifier_holder holders[HOLDERS];
static struct identifier_holder *running[PROCESSORS]; /* what `processors` must hold */
static struct identifier_pool pool, first;
static uint64_t results[RESULTS_MAX];
static size_t result_count;

/* What STEP_LOOK tells: the pool, `must_flush` by processor, then the holders. */
static struct {
    uint64_t generation;
    uint64_t next;
    uint64_t flush;
    struct {
        uint64_t generation;
        uint64_t identifier;
    } holders[HOLDERS];
} state;

static void start(void)
{
    for (size_t i = 0; i < GAP; i++) {
        words.before[i] = words.after[i] = mark;
        processors.before[i] = processors.after[i] = mark;
        flags.before[i] = flags.after[i] = mark;
    }
    memset(&words.used, 0, sizeof(words.used));
    memset(&processors.running, 0, sizeof(processors.running));
    memset(&flags.must_flush, 0, sizeof(flags.must_flush));
    memset(holders, 0, sizeof(holders));
    memset(running, 0, sizeof(running));
    result_count = 0;
    words.used[0] = 1;
    for (size_t i = (pool.count + 63) / 64; i < WORDS; i++)
        words.used[i] = mark;
    pool.running = processors.running;
    pool.must_flush = flags.must_flush;
    pool.used = words.used;
    first = pool;
}

static void report_state(const struct probe_request *request, size_t count)
{
    state.generation = pool.generation;
    state.next = pool.next;
    state.flush = 0;
    for (size_t i = 0; i < pool.processor_count; i++)
        state.flush |= (uint64_t)flags.must_flush[i] << i;
    for (size_t i = 0; i < count; i++) {
        state.holders[i].generation = holders[i].generation;
        state.holders[i].identifier = holders[i].identifier;
    }
    probe_fact_bytes(request, "state", &state,
                     sizeof(state) - (HOLDERS - count) * sizeof(state.holders[0]));
}

/* A step's numbers; those that it has not are 0. */
struct operands {
    uint16_t holder;
    uint16_t processor;
    uint16_t identifier;
    uint64_t generation;
    uint32_t from;
    uint32_t count;
};

/* Takes @p size bytes off the front of the steps. @return whether there are as many */
static bool take(const char **at, const char *end, void *number, size_t size)
{
    if ((size_t)(end - *at) < size)
        return false;
    memcpy(number, *at, size);
    *at += size;
    return true;
}

static bool read_operands(enum step step, const char **at, const char *end,
                          struct operands *operands)
{
    bool read = true;

    *operands = (struct operands){0};
    if (step == STEP_RUN || step == STEP_FORGET)
        read = take(at, end, &operands->processor, 2) && operands->processor < pool.processor_count;
    if (step == STEP_LOOK || step == STEP_ASSIGN || step == STEP_RUN || step == STEP_SET)
        read = read && take(at, end, &operands->holder, 2) &&
               (operands->holder < HOLDERS || (step == STEP_RUN && operands->holder == NOBODY));
    if (step == STEP_SET)
        read = read && take(at, end, &operands->identifier, 2) &&
               take(at, end, &operands->generation, 8);
    if (step == STEP_FILL)
        read = take(at, end, &operands->from, 4) && take(at, end, &operands->count, 4) &&
               operands->from < pool.count && operands->count <= pool.count - operands->from;
    return read && step <= STEP_USED && result_count < RESULTS_MAX;
}

static void run_step(const struct probe_request *request, enum step step,
                     const struct operands *operands)
{
    struct identifier_holder *holder =
        operands->holder < HOLDERS ? &holders[operands->holder] : NULL;

    switch (step) {
    case STEP_LOOK:
        report_state(request, operands->holder);
        break;
    case STEP_ASSIGN:
        probe_count_begin();
        results[result_count++] = identifier_assign(&pool, holder);
        probe_count_end();
        break;
    case STEP_RUN:
        running[operands->processor] = pool.running[operands->processor] = holder;
        break;
    case STEP_FORGET:
        flags.must_flush[operands->processor] = false;
        break;
    case STEP_SET:
        *holder = (struct identifier_holder){operands->generation, operands->identifier};
        break;
    case STEP_FILL:
        for (uint32_t i = operands->from; i < operands->from + operands->count; i++)
            words.used[i / 64] |= UINT64_C(1) << i % 64;
        break;
    case STEP_USED:
        probe_fact_bytes(request, "used", words.used, (pool.count + 63) / 64 * 8);
        break;
    }
}

static uint64_t touched_words(void)
{
    uint64_t touched = 0;

    for (size_t i = 0; i < GAP; i++)
        touched += (words.before[i] != mark) + (words.after[i] != mark) +
                   (processors.before[i] != mark) + (processors.after[i] != mark) +
                   (flags.before[i] != mark) + (flags.after[i] != mark);
    for (size_t i = (pool.count + 63) / 64; i < WORDS; i++)
        touched += words.used[i] != mark;
    for (size_t i = 0; i < PROCESSORS; i++)
        touched += processors.running[i] != running[i] ||
                   (i >= pool.processor_count && flags.must_flush[i]);
    return touched + (pool.count != first.count) + (pool.used != first.used) +
           (pool.processor_count != first.processor_count) + (pool.running != first.running) +
           (pool.must_flush != first.must_flush);
}

static int run_trace(struct probe_request *request)
{
    struct operands operands;
    uint64_t count;
    uint64_t processor_count;
    uint64_t next;
    char *steps;
    size_t size;

    if (request->count != 5 || !probe_number(request, 0, &count) || count > IDENTIFIERS_MAX ||
        !probe_number(request, 1, &processor_count) || processor_count > PROCESSORS ||
        count <= 2 * processor_count || !probe_number(request, 2, &pool.generation) ||
        !probe_number(request, 3, &next) || next == 0 || next >= count ||
        !probe_bytes(request, 4, &steps, &size))
        return ERROR_USAGE;
    pool.count = (uint32_t)count;
    pool.processor_count = (size_t)processor_count;
    pool.next = (uint32_t)next;
    start();
    for (const char *at = steps, *end = steps + size; at != end;) {
        enum step step = (enum step)(uint8_t)*at++;
        if (!read_operands(step, &at, end, &operands))
            return ERROR_USAGE;
        run_step(request, step, &operands);
    }
    probe_fact_list(request, "results", results, result_count);
    probe_fact(request, "touched", touched_words());
    return OK;
}
PROBE(identifier_trace)
= {.name = "identifier.trace", .run = run_trace};

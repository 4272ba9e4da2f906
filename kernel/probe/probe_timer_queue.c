/*
 * Probe timer_queue.trace: adds timers to a queue and takes them out.
 *
 *   timer_queue.trace ROOM FIRST_SEQUENCE STEPS
 *
 * The queue, its array of ROOM places and the timers are the probe's own; timers have numbers from
 * 0 on. STEPS are bytes, see enum step; numbers in them have 2 bytes, if nothing else is said, the
 * lowest first.
 *
 * Facts: `results`, one number for each step that adds; `state`, bytes, once for each STEP_LOOK, as
 * report_state() writes them; `drained`, once for each STEP_DRAIN, the timers' numbers; `touched`,
 * how many words around the array were changed, and how many timers had another deadline or
 * callback in the end. The cost of the request is that of the queue's functions.
 */
#include "lib/string.h"
#include "probe/probe.h"
#include "timer/timer.h"

enum step {
    STEP_LOOK = 0,     /* TIMERS: tells all there is to see, of so many timers */
    STEP_ADD = 1,      /* TIMER DEADLINE (8 bytes): adds one; its result is that of the function */
    STEP_REMOVE = 2,   /* TIMER: takes one out */
    STEP_ADD_MANY = 3, /* FIRST COUNT SHIFT (1 byte) FACTOR (8 bytes) BASE (8 bytes): adds timers
                          with the deadlines (BASE + FACTOR * i) >> SHIFT, i from 0 on; the result
                          is how many were not refused */
    STEP_REMOVE_MANY = 4, /* FIRST COUNT STRIDE: takes out the timers FIRST, FIRST + STRIDE, … */
    STEP_DRAIN = 5,       /* COUNT: takes out the first one so many times */
};

enum { TIMERS = 4096, GAP = 16, STRANGE = 0xffff, RESULTS_MAX = 4096, MARK = 0xa5 };

/* Of a state: two numbers of 8 bytes, then 2-byte numbers. */
static struct {
    uint64_t count;
    uint64_t next_sequence;
    uint16_t rest[3 * TIMERS];
} state;

static struct {
    struct timer *before[GAP];
    struct timer *timers[TIMERS];
    struct timer *after[GAP];
} array;

static struct timer timers[TIMERS];
static uint64_t deadlines[TIMERS];
static struct timer_queue queue;
static uint64_t first_sequence;
static uint64_t results[RESULTS_MAX];
static size_t result_count;
static uint16_t drained[TIMERS];

/* Never called: the queue only keeps timers. */
static void callback(struct timer *timer)
{
    (void)timer;
}

static void set_up(size_t room)
{
    memset(&array, MARK, sizeof(array));
    memset(timers, 0, sizeof(timers));
    memset(deadlines, 0, sizeof(deadlines));
    for (size_t i = 0; i < TIMERS; i++)
        timers[i].callback = callback;
    queue = (struct timer_queue){array.timers, 0, room, first_sequence};
    result_count = 0;
}

static uint16_t number_of(const struct timer *timer)
{
    uintptr_t distance = (uintptr_t)timer - (uintptr_t)timers;

    if (distance >= sizeof(timers) || distance % sizeof(timers[0]) != 0)
        return STRANGE;
    return (uint16_t)(distance / sizeof(timers[0]));
}

static uint16_t small(uint64_t number)
{
    return number < STRANGE ? (uint16_t)number : STRANGE;
}

/*
 * The queue's count; its next sequence, without the first one; which timers its array holds; for
 * each of `count` timers its place, and its sequence without the first one.
 */
static void report_state(const struct probe_request *request, size_t count)
{
    size_t used = 0;

    state.count = queue.count;
    state.next_sequence = queue.next_sequence - first_sequence;
    for (size_t i = 0; i < queue.count && i < queue.room; i++)
        state.rest[used++] = number_of(array.timers[i]);
    for (size_t i = 0; i < count; i++)
        state.rest[used++] = small(timers[i].place);
    for (size_t i = 0; i < count; i++)
        state.rest[used++] = small(timers[i].sequence - first_sequence);
    probe_fact_bytes(request, "state", &state,
                     sizeof(state) - sizeof(state.rest) + used * sizeof(state.rest[0]));
}

static int add(size_t number, uint64_t deadline)
{
    timers[number].deadline = deadlines[number] = deadline;
    probe_count_begin();
    int result = timer_queue_add(&queue, &timers[number]);
    probe_count_end();
    return result;
}

static void remove(struct timer *timer)
{
    probe_count_begin();
    timer_queue_remove(&queue, timer);
    probe_count_end();
}

static void drain(const struct probe_request *request, size_t count)
{
    size_t taken = 0;

    while (taken < count && queue.count > 0) {
        drained[taken] = number_of(array.timers[0]);
        if (drained[taken] == STRANGE || timers[drained[taken]].place == 0)
            break;
        remove(&timers[drained[taken++]]);
    }
    probe_fact_bytes(request, "drained", drained, taken * sizeof(drained[0]));
}

/* What follows a step's first byte. */
struct operands {
    uint16_t timer;
    uint16_t count;
    uint16_t stride;
    uint8_t shift;
    uint64_t factor;
    uint64_t base;
};

static void run_step(const struct probe_request *request, enum step step,
                     const struct operands *operands)
{
    uint64_t added = 0;

    switch (step) {
    case STEP_LOOK:
        report_state(request, operands->count);
        break;
    case STEP_ADD:
        results[result_count++] = (uint64_t)add(operands->timer, operands->base);
        break;
    case STEP_REMOVE:
        remove(&timers[operands->timer]);
        break;
    case STEP_ADD_MANY:
        for (size_t i = 0; i < operands->count; i++)
            added += add(operands->timer + i,
                         (operands->base + operands->factor * i) >> operands->shift) == OK;
        results[result_count++] = added;
        break;
    case STEP_REMOVE_MANY:
        for (size_t i = 0; i < operands->count; i++)
            remove(&timers[operands->timer + i * operands->stride]);
        break;
    case STEP_DRAIN:
        drain(request, operands->count);
        break;
    }
}

/* Reads @p size bytes as a number. @return what is behind them; NULL when there are fewer */
static const char *take(const char *at, const char *end, void *number, size_t size)
{
    if (at == NULL || (size_t)(end - at) < size)
        return NULL;
    memcpy(number, at, size);
    return at + size;
}

/* @return what is behind a step's operands; NULL when they make no sense */
static const char *read_operands(uint8_t step, const char *at, const char *end,
                                 struct operands *operands)
{
    *operands = (struct operands){.count = 1, .stride = 1};
    if (step != STEP_LOOK && step != STEP_DRAIN)
        at = take(at, end, &operands->timer, sizeof(operands->timer));
    if (step != STEP_ADD && step != STEP_REMOVE)
        at = take(at, end, &operands->count, sizeof(operands->count));
    if (step == STEP_REMOVE_MANY)
        at = take(at, end, &operands->stride, sizeof(operands->stride));
    if (step == STEP_ADD_MANY) {
        at = take(at, end, &operands->shift, sizeof(operands->shift));
        at = take(at, end, &operands->factor, sizeof(operands->factor));
    }
    if (step == STEP_ADD || step == STEP_ADD_MANY)
        at = take(at, end, &operands->base, sizeof(operands->base));
    size_t last = operands->timer + (operands->count - (size_t)1) * operands->stride;
    bool fits = operands->count == 0 || last < TIMERS;
    return step <= STEP_DRAIN && operands->shift < 64 && fits ? at : NULL;
}

static size_t touched_words(void)
{
    struct timer *untouched;
    size_t touched = 0;

    memset(&untouched, MARK, sizeof(untouched));
    for (size_t i = 0; i < GAP; i++)
        touched += (array.before[i] != untouched) + (array.after[i] != untouched);
    for (size_t i = queue.room; i < TIMERS; i++)
        touched += array.timers[i] != untouched;
    for (size_t i = 0; i < TIMERS; i++)
        touched += timers[i].deadline != deadlines[i] || timers[i].callback != callback;
    return touched;
}

static int run_trace(struct probe_request *request)
{
    struct operands operands;
    uint64_t room;
    char *steps;
    size_t size;

    if (request->count != 3 || !probe_number(request, 0, &room) || room > TIMERS ||
        !probe_number(request, 1, &first_sequence) || !probe_bytes(request, 2, &steps, &size))
        return ERROR_USAGE;
    set_up((size_t)room);
    const char *end = steps + size;
    for (const char *at = steps; at != end;) {
        uint8_t step = (uint8_t)*at;
        at = read_operands(step, at + 1, end, &operands);
        if (at == NULL || result_count == RESULTS_MAX)
            return ERROR_USAGE;
        run_step(request, (enum step)step, &operands);
    }
    probe_fact_list(request, "results", results, result_count);
    probe_fact(request, "touched", touched_words());
    return OK;
}
PROBE(timer_queue_trace)
= {.name = "timer_queue.trace", .run = run_trace};

/*
 * Probes of the running processor's timers; they turn interrupts on while they wait.
 *
 *   timer.ring SLEEP CANCEL DELAYS...
 *
 * Sets a timer for each delay, in nanoseconds from now on, cancels every CANCEL-th one of them (0
 * for none), and waits until the last deadline has passed: asleep, or busy if SLEEP is 0. Facts,
 * lists with a number for each timer: `results` of timer_set(); `deadlines`; `rung`, the time of
 * its callback, 0 for none; `turns`, how many callbacks there were up to its own, 0 for none.
 * `refused`: how many cancellations found no timer.
 *
 *   timer.many COUNT SPREAD ALLOCATIONS
 *
 * Sets COUNT timers to pseudo-random times within SPREAD nanoseconds, and sleeps until all are due.
 * From the ALLOCATIONS-th on, allocations of frames fail; 0 for never. Facts: `set`, how many there
 * were when one was refused, or all; `error`, the last result; `rung`, how many rang; `early`,
 * before their time; `disordered`, after one with a later deadline; `left`, that were still set.
 *
 *   timer.sleep DELAYS...
 *
 * Sleeps once for each delay. Facts: the lists `results`, `deadlines` and `woken`, the time after.
 */
#include "arch/cpu.h"
#include "clock/clock.h"
#include "frames/injection.h"
#include "lib/string.h"
#include "lib/util.h"
#include "probe/probe.h"
#include "timer/timer.h"

static struct rung {
    struct timer timer;
    uint64_t time;
    uint64_t turn;
} timers[PROBE_WORDS_MAX];

static uint64_t results[PROBE_WORDS_MAX], deadlines[PROBE_WORDS_MAX], times[PROBE_WORDS_MAX],
    turns[PROBE_WORDS_MAX];
static uint64_t turn;

static void ring(struct timer *timer)
{
    struct rung *rung = container_of(timer, struct rung, timer);

    rung->time = clock_now();
    rung->turn = ++turn;
}

/* Reads the delays, from argument @p first on, into `deadlines`. @return their number; -1 */
static int read_delays(const struct probe_request *request, int first)
{
    for (int i = first; i < request->count; i++) {
        if (!probe_number(request, i, &deadlines[i - first]))
            return -1;
    }
    return request->count - first;
}

/* With a busy processor, that long after the last deadline. */
static void wait_until(uint64_t last, bool asleep)
{
    enum { LATEST_NS = 1000000 };

    if (asleep) {
        (void)timer_sleep_until(last);
        return;
    }
    uint64_t start = cpu_instruction_count();
    while (clock_now() < last + LATEST_NS &&
           cpu_instruction_count() - start < last + LATEST_NS) /* a clock that stands still */
        cpu_relax();
}

static uint64_t set_all(int count)
{
    uint64_t last = 0;

    for (int i = 0; i < count; i++) {
        timers[i].timer.callback = ring;
        deadlines[i] += clock_now();
        if (deadlines[i] > last)
            last = deadlines[i];
        results[i] = (uint64_t)timer_set(&timers[i].timer, deadlines[i]);
    }
    return last;
}

static int run_ring(struct probe_request *request)
{
    uint64_t asleep, cancel, refused = 0;
    int count = read_delays(request, 2);

    if (count < 0 || !probe_number(request, 0, &asleep) || !probe_number(request, 1, &cancel))
        return ERROR_USAGE;
    memset(timers, 0, sizeof(timers));
    turn = 0;
    bool were_on = cpu_interrupts_enabled();
    cpu_interrupts_restore(true);
    uint64_t last = set_all(count);
    for (int i = 0; cancel != 0 && i < count; i += (int)cancel)
        refused += !timer_cancel(&timers[i].timer);
    wait_until(last, asleep != 0);
    (void)cpu_interrupts_disable();
    for (int i = 0; i < count; i++) {
        (void)timer_cancel(
            &timers[i].timer); /* one that is still set must not outlive the request */
        times[i] = timers[i].time;
        turns[i] = timers[i].turn;
    }
    cpu_interrupts_restore(were_on);
    probe_fact_list(request, "results", results, (size_t)count);
    probe_fact_list(request, "deadlines", deadlines, (size_t)count);
    probe_fact_list(request, "rung", times, (size_t)count);
    probe_fact_list(request, "turns", turns, (size_t)count);
    probe_fact(request, "refused", refused);
    return OK;
}
PROBE(timer_ring)
= {.name = "timer.ring", .run = run_ring};

enum { MANY_MAX = 4096 };

static struct timer many[MANY_MAX];
static uint64_t many_rung, many_early, many_disordered, many_last;

static void ring_many(struct timer *timer)
{
    many_rung++;
    many_early += clock_now() < timer->deadline;
    many_disordered += timer->deadline < many_last;
    many_last = timer->deadline;
}

static size_t set_many(uint64_t count, uint64_t spread, int *error)
{
    uint64_t start = clock_now() + spread;
    uint64_t random = 1;
    size_t set = 0;

    *error = OK;
    for (; set < count && *error == OK; set += *error == OK) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        many[set] = (struct timer){.callback = ring_many};
        *error = timer_set(&many[set], start + (random >> 33) % spread);
    }
    return set;
}

static int run_many(struct probe_request *request)
{
    uint64_t count, spread, allocations, left = 0;
    int error;

    if (!probe_number(request, 0, &count) || !probe_number(request, 1, &spread) ||
        !probe_number(request, 2, &allocations) || count > MANY_MAX || spread == 0)
        return ERROR_USAGE;
    many_rung = many_early = many_disordered = many_last = 0;
    frames_fail_after(allocations != 0 ? allocations : UINT64_MAX);
    size_t set = set_many(count, spread, &error);
    frames_fail_after(UINT64_MAX);
    bool were_on = cpu_interrupts_enabled();
    cpu_interrupts_restore(true);
    (void)timer_sleep_until(clock_now() + 3 * spread);
    (void)cpu_interrupts_disable();
    cpu_interrupts_restore(were_on);
    for (size_t i = 0; i < set; i++)
        left += timer_cancel(&many[i]);
    probe_fact(request, "set", set);
    probe_fact_signed(request, "error", error);
    probe_fact(request, "rung", many_rung);
    probe_fact(request, "early", many_early);
    probe_fact(request, "disordered", many_disordered);
    probe_fact(request, "left", left);
    return OK;
}
PROBE(timer_many)
= {.name = "timer.many", .run = run_many};

static int run_sleep(struct probe_request *request)
{
    int count = read_delays(request, 0);

    if (count < 0)
        return ERROR_USAGE;
    for (int i = 0; i < count; i++) {
        deadlines[i] += clock_now();
        results[i] = (uint64_t)timer_sleep_until(deadlines[i]);
        times[i] = clock_now();
    }
    probe_fact_list(request, "results", results, (size_t)count);
    probe_fact_list(request, "deadlines", deadlines, (size_t)count);
    probe_fact_list(request, "woken", times, (size_t)count);
    return OK;
}
PROBE(timer_sleep)
= {.name = "timer.sleep", .run = run_sleep};

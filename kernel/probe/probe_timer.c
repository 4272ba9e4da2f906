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
 *   timer.sleep DELAYS...
 *
 * Sleeps once for each delay. Facts: the lists `results`, `deadlines` and `woken`, the time after.
 */
#include "arch/cpu.h"
#include "clock/clock.h"
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

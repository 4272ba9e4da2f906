/*
 * What is measured of lab 03: see bench.h.
 */
#include "arch/cpu.h"
#include "cairn/error.h"
#include "clock/clock.h"
#include "interrupt/interrupt.h"
#include "probe/bench.h"
#include "probe/probe.h"
#include "timer/timer.h"

/* As in bench.toml. */
enum { TIMES = 64 };

static void ignore(struct timer *timer)
{
    (void)timer;
}

static void bench_timer_set(void)
{
    static struct timer timer = {.callback = ignore};

    for (unsigned i = 0; i < TIMES; i++) {
        int error = timer_set(&timer, clock_now() + NANOSECONDS);
        if (error != OK)
            bench_fail(error);
        (void)timer_cancel(&timer);
    }
}
BENCH_OPERATION(timer_set) = {.name = "timer_set", .run = bench_timer_set};

/* The timer is due: its interrupt comes as soon as interrupts are on, and goes back here. */
static void bench_timer_ring(void)
{
    static struct timer timer = {.callback = ignore};
    int error = timer_set(&timer, clock_now());

    if (error != OK) {
        bench_fail(error);
        return;
    }
    /* The hardware takes a moment to notice. */
    uint64_t end = clock_now() + 10000;
    while (clock_now() < end)
        continue;
    probe_count_begin();
    cpu_interrupts_restore(true);
    (void)cpu_interrupts_disable();
    probe_count_end();
    if (timer_cancel(&timer))
        bench_fail(ERROR_TIMED_OUT);
}
BENCH_OPERATION(timer_ring) = {
    .name = "timer_ring", .run = bench_timer_ring, .counts_itself = true};

static bool claim(void *context)
{
    (void)context;
    return true;
}

static void bench_dispatch(void)
{
    static struct interrupt interrupt = {.handler = claim};
    static struct interrupt_table table = {.chains = {[40] = &interrupt}};

    for (unsigned i = 0; i < TIMES; i++) {
        if (!interrupt_dispatch(&table, 40))
            bench_fail(ERROR_NOT_FOUND);
    }
}
BENCH_OPERATION(dispatch) = {.name = "dispatch", .run = bench_dispatch};

static void bench_clock(void)
{
    static volatile uint64_t last;

    for (unsigned i = 0; i < TIMES; i++)
        last = clock_now();
    if (last == 0)
        bench_fail(ERROR_NOT_SUPPORTED);
}
BENCH_OPERATION(clock_now) = {.name = "clock_now", .run = bench_clock};

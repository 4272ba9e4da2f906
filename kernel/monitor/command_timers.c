/*
 * `timers`: which timers are set.
 */
#include "clock/clock.h"
#include "console/console.h"
#include "monitor/monitor.h"
#include "timer/timer.h"

enum { SHOWN_MAX = 32 };

static int timers_run(int count, char **words)
{
    static const struct timer *timers[SHOWN_MAX];

    (void)words;
    if (count > 1)
        return ERROR_USAGE;
    size_t set = timer_list(timers, SHOWN_MAX);
    uint64_t now = clock_now();
    console_print("it is %llu.%09llu s; timers set: %zu\n", (unsigned long long)(now / NANOSECONDS),
                  (unsigned long long)(now % NANOSECONDS), set);
    for (size_t i = 0; i < set && i < SHOWN_MAX; i++)
        console_print("  at %llu ns: %pS\n", (unsigned long long)timers[i]->deadline,
                      (const void *)(uintptr_t)timers[i]->callback);
    return OK;
}

MONITOR_COMMAND(timers)
= {
    .name = "timers",
    .usage = "",
    .summary = "show which timers are set",
    .run = timers_run,
};

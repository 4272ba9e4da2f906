/*
 * `sleep`: waits with the processor asleep, and tells how exact that was.
 */
#include "clock/clock.h"
#include "console/console.h"
#include "lib/string.h"
#include "monitor/monitor.h"
#include "timer/timer.h"

enum { LONGEST_MS = 3600000, NS_PER_MS = 1000000 };

static int sleep_run(int count, char **words)
{
    unsigned long long milliseconds;
    uintptr_t return_address;

    if (count != 2 || !string_to_number(words[1], &milliseconds))
        return ERROR_USAGE;
    if (milliseconds > LONGEST_MS)
        return ERROR_OUT_OF_RANGE;
    /* In a stopped handler no other timer can ring; elsewhere their queue may be half changed. */
    if (monitor_interrupted(&return_address) != NULL) {
        console_print("the kernel is stopped, maybe where it serves timers; `continue` goes on\n");
        return ERROR_BUSY;
    }
    uint64_t start = clock_now();
    uint64_t deadline = start + milliseconds * NS_PER_MS;
    int error = timer_sleep_until(deadline);
    if (error != OK)
        return error;
    uint64_t end = clock_now();
    console_print("slept %llu ns, woken %llu ns late\n", (unsigned long long)(end - start),
                  (unsigned long long)(end - deadline));
    return OK;
}

MONITOR_COMMAND(sleep)
= {
    .name = "sleep",
    .usage = "MILLISECONDS",
    .summary = "sleep, up to an hour, and tell how exact it was",
    .run = sleep_run,
};

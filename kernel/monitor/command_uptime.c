/*
 * `uptime`: how long the machine has been running.
 */
#include "arch/cpu.h"
#include "boot/boot.h"
#include "console/console.h"
#include "monitor/monitor.h"

static int uptime_run(int count, char **words)
{
    uint64_t frequency = boot_info.timer.frequency_hz;

    (void)words;
    if (count > 1)
        return ERROR_USAGE;
    if (frequency == 0)
        return ERROR_NOT_SUPPORTED;
    uint64_t ticks = cpu_timestamp();
    console_print("%llu.%03llu seconds\n", (unsigned long long)(ticks / frequency),
                  (unsigned long long)(ticks % frequency * 1000 / frequency));
    return OK;
}

MONITOR_COMMAND(uptime)
= {
    .name = "uptime",
    .usage = "",
    .summary = "show how long the machine has been running",
    .run = uptime_run,
};

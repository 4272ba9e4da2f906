/*
 * `date`: the time of day, in UTC.
 */
#include "clock/clock.h"
#include "console/console.h"
#include "monitor/monitor.h"

static int date_run(int count, char **words)
{
    uint64_t seconds = clock_real_seconds();

    (void)words;
    if (count > 1)
        return ERROR_USAGE;
    if (seconds == 0)
        return ERROR_NOT_SUPPORTED;
    struct date date = date_from_seconds(seconds);
    console_print("%04u-%02u-%02u %02u:%02u:%02u UTC, %llu seconds since 1970\n", date.year,
                  date.month, date.day, date.hour, date.minute, date.second,
                  (unsigned long long)seconds);
    return OK;
}

MONITOR_COMMAND(date)
= {
    .name = "date",
    .usage = "",
    .summary = "show the date and the time of day",
    .run = date_run,
};

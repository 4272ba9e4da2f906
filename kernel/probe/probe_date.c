/*
 * Probes of the calendar.
 *
 *   date.to_seconds DATES
 *   date.from_seconds SECONDS
 *
 * DATES are bytes, six 32-bit numbers a date: year, month, day, hour, minute, second. SECONDS are
 * 64-bit numbers as bytes. All have their lowest byte first.
 *
 * Facts of the first: the lists `results` and `seconds`, in which UNTOUCHED is a number that was
 * not written; of the second: `dates`, bytes as above.
 */
#include "clock/clock.h"
#include "lib/string.h"
#include "probe/probe.h"

enum { DATES_MAX = 512, DATE_NUMBERS = 6 };

#define UNTOUCHED UINT64_C(0xa5a5a5a5a5a5a5a5)

static uint32_t dates[DATES_MAX][DATE_NUMBERS];
static uint64_t seconds[DATES_MAX], results[DATES_MAX];

static int run_to_seconds(struct probe_request *request)
{
    char *bytes;
    size_t size;

    if (request->count != 1 || !probe_bytes(request, 0, &bytes, &size) || size > sizeof(dates) ||
        size % sizeof(dates[0]) != 0)
        return ERROR_USAGE;
    memcpy(dates, bytes, size);
    size_t count = size / sizeof(dates[0]);
    for (size_t i = 0; i < count; i++) {
        const uint32_t *told = dates[i];
        struct date date = {told[0], told[1], told[2], told[3], told[4], told[5]};
        seconds[i] = UNTOUCHED;
        results[i] = (uint64_t)date_to_seconds(&date, &seconds[i]);
    }
    probe_fact_list(request, "results", results, count);
    probe_fact_list(request, "seconds", seconds, count);
    return OK;
}
PROBE(date_to_seconds)
= {.name = "date.to_seconds", .run = run_to_seconds};

static int run_from_seconds(struct probe_request *request)
{
    char *bytes;
    size_t size;

    if (request->count != 1 || !probe_bytes(request, 0, &bytes, &size) || size > sizeof(seconds) ||
        size % sizeof(seconds[0]) != 0)
        return ERROR_USAGE;
    memcpy(seconds, bytes, size);
    size_t count = size / sizeof(seconds[0]);
    for (size_t i = 0; i < count; i++) {
        struct date date = date_from_seconds(seconds[i]);
        uint32_t *come = dates[i];
        come[0] = date.year;
        come[1] = date.month;
        come[2] = date.day;
        come[3] = date.hour;
        come[4] = date.minute;
        come[5] = date.second;
    }
    probe_fact_bytes(request, "dates", dates, count * sizeof(dates[0]));
    return OK;
}
PROBE(date_from_seconds)
= {.name = "date.from_seconds", .run = run_from_seconds};

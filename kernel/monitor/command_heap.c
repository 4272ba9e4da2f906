/*
 * `heap`: damage and leaks, as far as caches are checked.
 */
#include "caller/caller.h"
#include "console/console.h"
#include "heap/report.h"
#include "lib/string.h"
#include "monitor/monitor.h"

/* More objects in use than this are counted, but not told apart. */
enum { LEAKS_MAX = 1024 };

static int check(void)
{
    size_t damaged = heap_check();

    if (damaged == 0)
        console_print("no damage was found\n");
    else
        console_print("damaged objects: %zu; the log says more of each\n", damaged);
    return OK;
}

/* All objects that were allocated in one place, from index on: taken out, and shown. */
static void show_site(struct heap_leak *leaks, size_t count, size_t index)
{
    const struct heap_leak first = leaks[index];
    uint64_t serial = first.serial;
    size_t objects = 0;

    for (size_t i = index; i < count; i++) {
        if (leaks[i].object == NULL || leaks[i].site != first.site || leaks[i].cache != first.cache)
            continue;
        leaks[i].object = NULL;
        objects++;
        if (leaks[i].serial < serial)
            serial = leaks[i].serial;
    }
    console_print("%8zu %10zu %10llu  %-18s %s\n", objects, objects * first.cache->size,
                  (unsigned long long)serial, first.cache->name, caller_place(first.site).text);
}

static int show_leaks(uint64_t since)
{
    static struct heap_leak leaks[LEAKS_MAX];
    size_t found = heap_leaks(since, leaks, LEAKS_MAX);
    size_t count = found < LEAKS_MAX ? found : LEAKS_MAX;

    if (found == 0) {
        console_print("no object of a checked cache is in use that was allocated then\n");
        return OK;
    }
    console_print("%8s %10s %10s  %-18s %s\n", "objects", "bytes", "first", "cache",
                  "allocated by");
    for (size_t i = 0; i < count; i++) {
        if (leaks[i].object != NULL)
            show_site(leaks, count, i);
    }
    if (found > count)
        console_print("and %zu objects more\n", found - count);
    return OK;
}

static int heap_run(int count, char **words)
{
    unsigned long long since = 0;

    if (count < 2 || count > 3)
        return ERROR_USAGE;
    if (count == 2 && string_equal(words[1], "check"))
        return check();
    if (count == 2 && string_equal(words[1], "mark")) {
        console_print("%llu\n", (unsigned long long)heap_serial());
        return OK;
    }
    if (!string_equal(words[1], "leaks") || (count == 3 && !string_to_number(words[2], &since)))
        return ERROR_USAGE;
    return show_leaks(since);
}

static const char *heap_complete(int count, size_t index)
{
    static const char *const words[] = {"check", "leaks", "mark"};

    return count == 1 && index < ARRAY_COUNT(words) ? words[index] : NULL;
}

MONITOR_COMMAND(heap)
= {
    .name = "heap",
    .usage = "check | leaks [SINCE] | mark",
    .summary = "look for damaged objects, or for those in use since a mark",
    .run = heap_run,
    .complete = heap_complete,
};

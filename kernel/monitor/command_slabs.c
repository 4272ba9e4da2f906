/*
 * `slabs`: the caches of the kernel heap.
 */
#include "console/console.h"
#include "heap/report.h"
#include "lib/string.h"
#include "monitor/monitor.h"

/* What of a slab is neither object nor could be one, in per cent. */
static unsigned waste_percent(const struct object_cache *cache)
{
    size_t bytes = cache->slab_frames * PAGE_SIZE;

    return (unsigned)((bytes - cache->slab_objects * cache->size) * 100 / bytes);
}

/* Prints a line about a cache. @return its slabs */
static size_t show_cache(struct object_cache *cache)
{
    struct cache_statistics count = cache_count(cache);

    console_print("%-18s %5zu %8zu %8zu %8zu %6zu %7zu %4u%%  %s\n", cache->name, cache->size,
                  count.used - count.cached, count.cached, count.slabs * cache->slab_objects,
                  count.slabs, count.slabs * cache->slab_frames, waste_percent(cache),
                  cache->checked ? "checked" : "plain");
    return count.slabs;
}

static int slabs_run(int count, char **words)
{
    size_t slabs = 0;
    size_t frames = 0;

    if (count > 2 || (count == 2 && !string_equal(words[1], "shrink")))
        return ERROR_USAGE;
    if (count == 2)
        heap_shrink();
    struct object_cache *cache = cache_next(NULL);
    if (cache == NULL) {
        console_print("no memory of the kernel heap has been used\n");
        return OK;
    }
    console_print("%-18s %5s %8s %8s %8s %6s %7s %5s\n", "cache", "size", "used", "cached", "total",
                  "slabs", "frames", "waste");
    for (; cache != NULL; cache = cache_next(cache)) {
        if (cache->slab_objects == 0)
            continue;
        size_t more = show_cache(cache);
        slabs += more;
        frames += more * cache->slab_frames;
    }
    console_print("%zu slabs in %zu frames, %zu KiB; mistakes: %llu\n", slabs, frames,
                  frames * (size_t)(PAGE_SIZE / KIB), (unsigned long long)heap_mistakes());
    return OK;
}

static const char *slabs_complete(int count, size_t index)
{
    return count == 1 && index == 0 ? "shrink" : NULL;
}

MONITOR_COMMAND(slabs)
= {
    .name = "slabs",
    .usage = "[shrink]",
    .summary = "show the heap's caches, or make them give back what is unused",
    .run = slabs_run,
    .complete = slabs_complete,
};

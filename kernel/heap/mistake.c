/*
 * Reports of callers' mistakes: what was wrong, and with which object.
 */
#include "caller/caller.h"
#include "heap/checked.h"
#include "log/log.h"

static uint64_t mistakes;

uint64_t heap_mistakes(void)
{
    return __atomic_load_n(&mistakes, __ATOMIC_RELAXED);
}

void heap_count_mistake(void)
{
    (void)__atomic_fetch_add(&mistakes, 1, __ATOMIC_RELAXED);
}

void heap_describe(const void *address)
{
    const struct slab *slab = heap_slab_of(address);
    uintptr_t offset = slab != NULL ? (uintptr_t)address - (uintptr_t)slab->objects : 0;

    if (slab == NULL || offset >= (uintptr_t)slab->count * slab->object_bytes)
        return;
    const struct object_cache *cache = slab->cache;
    const char *object = slab->objects + offset / slab->object_bytes * slab->object_bytes;
    object += cache->object_start;
    log_error("  byte %td of object %p of cache `%s`, %zu bytes", (const char *)address - object,
              (const void *)object, cache->name, cache->size);
    if (cache_is_checked(cache))
        checked_describe(slab, object);
}

void heap_mistake(const void *pointer, const char *what, const struct object_cache *cache,
                  uintptr_t site)
{
    if (cache != NULL)
        log_error("heap: %p of cache `%s` is freed, but %s", pointer, cache->name, what);
    else
        log_error("heap: %p is freed, but %s", pointer, what);
    heap_count_mistake();
    if (cache != NULL && cache_is_checked(cache))
        heap_describe(pointer);
    caller_log(site);
}

/*
 * Reports of callers' mistakes: what was wrong, and who called whom.
 */
#include "arch/stack.h"
#include "backtrace/backtrace.h"
#include "cairn/error.h"
#include "format/format.h"
#include "heap/cache.h"
#include "log/log.h"
#include "symbols/symbols.h"

static uint64_t mistakes;

uint64_t heap_mistakes(void)
{
    return __atomic_load_n(&mistakes, __ATOMIC_RELAXED);
}

void heap_count_mistake(void)
{
    (void)__atomic_fetch_add(&mistakes, 1, __ATOMIC_RELAXED);
}

struct heap_place heap_place(uintptr_t site)
{
    struct heap_place place;
    struct symbol_location location;
    size_t length;

    /* A return address may already belong to the next line or function: look at the call itself. */
    if (symbol_of_address(site - 1, &location) != OK)
        location = (struct symbol_location){.name = NULL};
    if (location.name != NULL)
        length = format_text(place.text, sizeof(place.text), "%s+%#llx", location.name,
                             (unsigned long long)location.offset + 1);
    else
        length = format_text(place.text, sizeof(place.text), "%#llx", (unsigned long long)site);
    if (location.file != NULL && length < sizeof(place.text))
        (void)format_text(place.text + length, sizeof(place.text) - length, " %s:%u", location.file,
                          location.line);
    return place;
}

void heap_log_callers(uintptr_t site)
{
    uintptr_t addresses[BACKTRACE_MAX];
    uintptr_t frame = stack_frame_pointer();
    struct stack_bounds bounds;
    size_t count = 0;
    size_t first = 0;

    if (backtrace_find_stack(frame, &bounds) == OK)
        count = backtrace_walk(&bounds, frame, addresses, BACKTRACE_MAX);
    /* Leave the heap's own functions out; without a backtrace the caller is known all the same. */
    while (first < count && addresses[first] != site)
        first++;
    log_error("  called by %s", heap_place(site).text);
    for (size_t i = first + 1; i < count; i++)
        log_error("         by %s", heap_place(addresses[i]).text);
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
    if (cache->checked)
        heap_checker->describe(slab, object);
}

void heap_mistake(const void *pointer, const char *what, const struct object_cache *cache,
                  uintptr_t site)
{
    if (cache != NULL)
        log_error("heap: %p of cache `%s` is freed, but %s", pointer, cache->name, what);
    else
        log_error("heap: %p is freed, but %s", pointer, what);
    heap_count_mistake();
    if (cache != NULL && cache->checked)
        heap_describe(pointer);
    heap_log_callers(site);
}

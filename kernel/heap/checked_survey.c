/*
 * Looking at all objects of all checked caches: for damage, and for leaks.
 */
#include "heap/checked.h"

/* Whether an object counts; called with the cache's lock held. */
typedef bool visitor(struct checked_record *record, void *context);

static size_t count_in(const struct list *slabs, visitor *visit, void *context)
{
    size_t count = 0;

    LIST_FOR_EACH (slab, slab, slabs, link) {
        struct checked_record *records = checked_records(slab);
        for (size_t i = 0; i < slab->count; i++)
            count += visit(&records[i], context);
    }
    return count;
}

static size_t count_all(visitor *visit, void *context)
{
    size_t count = 0;

    for (struct object_cache *cache = cache_next(NULL); cache != NULL; cache = cache_next(cache)) {
        if (!cache->checked)
            continue;
        spinlock_acquire(&cache->lock);
        count += count_in(&cache->slabs.full, visit, context);
        count += count_in(&cache->slabs.partial, visit, context);
        count += count_in(&cache->slabs.empty, visit, context);
        spinlock_release(&cache->lock);
    }
    return count;
}

static bool is_damaged(struct checked_record *record, void *context)
{
    (void)context;
    return checked_verify(record);
}

size_t heap_check(void)
{
    return count_all(is_damaged, NULL);
}

struct leak_survey {
    uint64_t since;
    struct heap_leak *leaks;
    size_t room;
};

static bool is_leak(struct checked_record *record, void *context)
{
    struct leak_survey *survey = context;

    if (record->state != CHECKED_USED || record->serial < survey->since)
        return false;
    if (survey->room > 0) {
        survey->room--;
        *survey->leaks++ = (struct heap_leak){record->slab->cache, checked_object(record),
                                              record->allocated_at, record->serial};
    }
    return true;
}

size_t heap_leaks(uint64_t since, struct heap_leak *leaks, size_t max)
{
    struct leak_survey survey = {since, leaks, max};

    return count_all(is_leak, &survey);
}

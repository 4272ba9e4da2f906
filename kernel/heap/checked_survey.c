/*
 * Looking at all objects of all checked caches: for damage, and for leaks.
 */
#include "heap/checked.h"

/* What is looked for: objects that were allocated from a number on; or damage, without a survey. */
struct leak_survey {
    uint64_t since;
    struct heap_leak *leaks;
    size_t room;
};

static bool is_leak(const struct checked_record *record, struct leak_survey *survey)
{
    if (record->state != CHECKED_USED || record->serial < survey->since)
        return false;
    if (survey->room > 0) {
        survey->room--;
        *survey->leaks++ = (struct heap_leak){record->slab->cache, checked_object(record),
                                              record->allocated_at, record->serial};
    }
    return true;
}

static size_t count_in(const struct list *slabs, struct leak_survey *survey)
{
    size_t count = 0;

    LIST_FOR_EACH (slab, slab, slabs, link) {
        struct checked_record *record = checked_records(slab);
        for (size_t i = 0; i < slab->count; i++, record++)
            count += survey != NULL ? is_leak(record, survey) : checked_verify(record);
    }
    return count;
}

static size_t count_all(struct leak_survey *survey)
{
    size_t count = 0;

    for (struct object_cache *cache = cache_next(NULL); cache != NULL; cache = cache_next(cache)) {
        if (!cache->checked)
            continue;
        spinlock_acquire(&cache->lock);
        count += count_in(&cache->slabs.full, survey);
        count += count_in(&cache->slabs.partial, survey);
        count += count_in(&cache->slabs.empty, survey);
        spinlock_release(&cache->lock);
    }
    return count;
}

size_t heap_check(void)
{
    return count_all(NULL);
}

size_t heap_leaks(uint64_t since, struct heap_leak *leaks, size_t max)
{
    struct leak_survey survey = {since, leaks, max};

    return count_all(&survey);
}

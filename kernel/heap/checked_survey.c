/*
 * Looking at all objects of all checked caches: for damage, and for leaks.
 */
#include "heap/checked.h"

/* What a survey does with each object; it is called with the cache's lock held. */
typedef void visitor(struct checked_record *record, void *context);

static void visit_list(const struct list *slabs, visitor *visit, void *context)
{
    LIST_FOR_EACH (slab, slab, slabs, link) {
        struct checked_record *records = checked_records(slab);
        for (size_t i = 0; i < slab->count; i++)
            visit(&records[i], context);
    }
}

static void visit_slabs(struct object_cache *cache, visitor *visit, void *context)
    REQUIRES(cache->lock)
{
    visit_list(&cache->slabs.full, visit, context);
    visit_list(&cache->slabs.partial, visit, context);
    visit_list(&cache->slabs.empty, visit, context);
}

static void visit_all(visitor *visit, void *context)
{
    for (struct object_cache *cache = cache_next(NULL); cache != NULL; cache = cache_next(cache)) {
        if (!cache->checked)
            continue;
        spinlock_acquire(&cache->lock);
        visit_slabs(cache, visit, context);
        spinlock_release(&cache->lock);
    }
}

static void count_damaged(struct checked_record *record, void *context)
{
    size_t *count = context;

    *count += checked_verify(record);
}

size_t checked_check(void)
{
    size_t count = 0;

    visit_all(count_damaged, &count);
    return count;
}

struct leak_survey {
    uint64_t since;
    struct heap_leak *leaks;
    size_t max;
    size_t count;
};

static void note_leak(struct checked_record *record, void *context)
{
    struct leak_survey *survey = context;

    if (record->state != CHECKED_USED || record->serial < survey->since)
        return;
    if (survey->count < survey->max)
        survey->leaks[survey->count] = (struct heap_leak){
            record->slab->cache, checked_object(record), record->allocated_at, record->serial};
    survey->count++;
}

size_t checked_leaks(uint64_t since, struct heap_leak *leaks, size_t max)
{
    struct leak_survey survey = {since, leaks, max, 0};

    visit_all(note_leak, &survey);
    return survey.count;
}

static void count_waiting(struct checked_record *record, void *context)
{
    size_t *count = context;

    *count += record->state == CHECKED_WAITING || record->state == CHECKED_RETIRED;
}

size_t checked_waiting(struct object_cache *cache) NO_LOCK_ANALYSIS /* the caller holds the lock */
{
    size_t count = 0;

    visit_slabs(cache, count_waiting, &count);
    return count;
}

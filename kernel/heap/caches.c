/*
 * All caches: a list that grows by each cache's first use and never shrinks. So whoever walks it
 * needs its lock for each step only.
 */
#include "heap/cache.h"

static struct spinlock caches_lock = SPINLOCK("object caches");
static struct list caches GUARDED_BY(caches_lock) = LIST(caches);

void cache_enlist(struct object_cache *cache)
{
    spinlock_acquire(&caches_lock);
    list_add_last(&caches, &cache->link);
    spinlock_release(&caches_lock);
}

struct object_cache *cache_next(const struct object_cache *cache)
{
    spinlock_acquire(&caches_lock);
    struct list_link *next = cache != NULL ? cache->link.next : caches.head.next;
    bool end = next == &caches.head;
    spinlock_release(&caches_lock);
    return end ? NULL : container_of(next, struct object_cache, link);
}

void object_cache_shrink(struct object_cache *cache)
{
    if (!__atomic_load_n(&cache->ready, __ATOMIC_ACQUIRE))
        return;
    if (cache->checked)
        heap_checker->drain(cache);
    else
        depot_drain(cache);
    cache_release_empty(cache);
}

/*
 * Twice: the heap's own caches, which the others' magazines and descriptors go back to, may be
 * anywhere in the list.
 */
void heap_shrink(void)
{
    for (unsigned round = 0; round < 2; round++) {
        for (struct object_cache *cache = cache_next(NULL); cache != NULL;
             cache = cache_next(cache))
            object_cache_shrink(cache);
    }
}

static size_t slabs_in(const struct list *list)
{
    size_t count = 0;

    LIST_FOR_EACH (slab, slab, list, link)
        count++;
    return count;
}

void cache_count(struct object_cache *cache, struct cache_statistics *statistics)
{
    size_t cached = cache->checked ? 0 : depot_count(cache);

    spinlock_acquire(&cache->lock);
    if (cache->checked)
        cached = heap_checker->waiting(cache);
    size_t slabs = slabs_in(&cache->slabs.partial) + slabs_in(&cache->slabs.full) +
                   slabs_in(&cache->slabs.empty);
    *statistics = (struct cache_statistics){
        .used = cache->used - cached,
        .cached = cached,
        .total = slabs * cache->slab_objects,
        .slabs = slabs,
        .frames = slabs * cache->slab_frames,
    };
    spinlock_release(&cache->lock);
}

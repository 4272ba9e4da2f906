/*
 * All caches: a list that grows by each cache's first use and never shrinks. So whoever walks it
 * needs its lock for each step only.
 */
#include "heap/checked.h"

static struct spinlock caches_lock = SPINLOCK("object caches");
static struct list caches GUARDED_BY(caches_lock) = LIST(caches);

bool cache_prepare(struct object_cache *cache, bool checked)
{
    if (__atomic_load_n(&cache->ready, __ATOMIC_ACQUIRE)) /* pairs with the store below */
        return cache->slab_objects != 0;
    spinlock_acquire(&cache->lock);
    if (!cache->ready) {
        cache->checked = checked;
        cache_lay_out(cache);
        list_init(&cache->slabs.partial);
        list_init(&cache->slabs.full);
        list_init(&cache->slabs.empty);
        cache->depot.lock.name = cache->name;
        list_init(&cache->depot.full);
        list_init(&cache->depot.empty);
        spinlock_acquire(&caches_lock);
        list_add_last(&caches, &cache->link);
        spinlock_release(&caches_lock);
        __atomic_store_n(&cache->ready, true, __ATOMIC_RELEASE);
    }
    spinlock_release(&cache->lock);
    return cache->slab_objects != 0;
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
    if (cache_is_checked(cache))
        quarantine_drain(cache);
    else
        depot_drain(cache);
    cache_trim(cache, 0);
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

/* Adds the slabs of one list. */
static void add_slabs(const struct list *slabs, struct cache_statistics *sum)
{
    LIST_FOR_EACH (slab, slab, slabs, link) {
        sum->slabs++;
        sum->used += slab->used;
        sum->cached += cache_is_checked(slab->cache) ? checked_waiting(slab) : 0;
    }
}

struct cache_statistics cache_count(struct object_cache *cache)
{
    struct cache_statistics sum = {.cached = cache_is_checked(cache) ? 0 : depot_count(cache)};

    spinlock_acquire(&cache->lock);
    add_slabs(&cache->slabs.partial, &sum);
    add_slabs(&cache->slabs.full, &sum);
    add_slabs(&cache->slabs.empty, &sum);
    spinlock_release(&cache->lock);
    return sum;
}

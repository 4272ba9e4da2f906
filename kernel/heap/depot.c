/*
 * The depot: magazines that wait for a processor.
 *
 * Magazines come from a cache of their own, which has none itself. The depot keeps a limited number
 * of full ones; more would hold memory that another cache could use. Where one more would come, the
 * oldest one's objects go back to their slabs, and it is the empty one that is given for the full.
 */
#include "boot/boot.h"
#include "cairn/error.h"
#include "heap/fast.h"

/** A depot holds full magazines of about so many bytes, but so many of them at least and at most.
 */
#define DEPOT_BYTES (64 * KIB)
#define DEPOT_LEAST 2
#define DEPOT_MOST  16

void cache_equip(struct object_cache *cache)
{
    struct magazine_pair *none = NULL;

    struct magazine_pair *pairs = internal_allocate(&pair_cache);
    if (pairs == NULL)
        return;
    for (size_t i = 0; i < boot_info.processor_count; i++)
        pairs[i] = (struct magazine_pair){NULL, NULL};
    /* The pairs are ready before others see them: pairs with the loads in allocate and free. */
    if (!__atomic_compare_exchange_n(&cache->pairs, &none, pairs, false, __ATOMIC_RELEASE,
                                     __ATOMIC_RELAXED))
        internal_free(&pair_cache, pairs);
}

struct magazine *depot_exchange_for_full(struct magazine_depot *depot, struct magazine *empty)
{
    struct magazine *full = NULL;

    spinlock_acquire(&depot->lock);
    struct list_link *link = list_take_first(&depot->full);
    if (link != NULL) {
        full = container_of(link, struct magazine, link);
        if (empty != NULL)
            list_add_first(&depot->empty, &empty->link);
    }
    spinlock_release(&depot->lock);
    return full;
}

/* Sends a magazine's objects back to their slabs. */
static void magazine_drain(struct object_cache *cache, struct magazine *magazine)
{
    while (magazine->rounds > 0) {
        void *object = magazine->objects[--magazine->rounds];
        struct slab *slab = heap_slab_of(object);
        if (slab == NULL || slab->cache != cache || cache_give(cache, slab, object) != OK)
            heap_mistake(object, "it was freed twice", cache, caller_of(stack_frame_pointer()));
    }
}

/* The longest unused magazine of a list that is longer than `keep`. */
static struct magazine *take_surplus(struct magazine_depot *depot, struct list *list, size_t keep)
{
    struct magazine *surplus = NULL;

    spinlock_acquire(&depot->lock);
    const struct list_link *link = list->head.next;
    while (link != &list->head && keep-- > 0)
        link = link->next;
    if (link != &list->head) {
        surplus = container_of(list->head.previous, struct magazine, link);
        list_remove(&surplus->link);
    }
    spinlock_release(&depot->lock);
    return surplus;
}

/* How many full magazines a depot keeps. */
static size_t depot_limit(const struct object_cache *cache)
{
    size_t limit = DEPOT_BYTES / ((size_t)cache->object_bytes * MAGAZINE_ROUNDS);

    return limit < DEPOT_LEAST ? DEPOT_LEAST : limit < DEPOT_MOST ? limit : DEPOT_MOST;
}

/* An empty magazine for a depot that has none. One of its objects tells whose depot it is. */
static struct magazine *empty_magazine(struct magazine_depot *depot, const struct magazine *full)
{
    const struct slab *slab = full != NULL ? heap_slab_of(full->objects[0]) : NULL;
    struct magazine *empty = NULL;

    /* A depot may also stand alone. */
    if (slab != NULL && &slab->cache->depot == depot)
        empty = take_surplus(depot, &depot->full, depot_limit(slab->cache));
    if (empty != NULL)
        magazine_drain(slab->cache, empty);
    else if ((empty = internal_allocate(&magazine_cache)) != NULL)
        empty->rounds = 0;
    return empty;
}

struct magazine *depot_exchange_for_empty(struct magazine_depot *depot, struct magazine *full)
{
    spinlock_acquire(&depot->lock);
    struct list_link *link = list_take_first(&depot->empty);
    spinlock_release(&depot->lock);
    struct magazine *empty =
        link != NULL ? container_of(link, struct magazine, link) : empty_magazine(depot, full);

    if (empty != NULL && full != NULL) {
        spinlock_acquire(&depot->lock);
        list_add_first(&depot->full, &full->link);
        spinlock_release(&depot->lock);
    }
    return empty;
}

/* Gives back a magazine with its objects; NULL is none. */
static void retire(struct object_cache *cache, struct magazine *magazine)
{
    if (magazine == NULL)
        return;
    magazine_drain(cache, magazine);
    internal_free(&magazine_cache, magazine);
}

void depot_drain(struct object_cache *cache)
{
    struct magazine_depot *depot = &cache->depot;
    struct magazine *magazine;

    if (cache->pairs != NULL) {
        bool on = cpu_interrupts_disable();
        struct magazine_pair *own = pair_of(cache->pairs, &percpu(heap_local));
        struct magazine_pair pair = *own;
        *own = (struct magazine_pair){NULL, NULL};
        cpu_interrupts_restore(on);
        retire(cache, pair.loaded);
        retire(cache, pair.previous);
    }
    while ((magazine = take_surplus(depot, &depot->full, 0)) != NULL ||
           (magazine = take_surplus(depot, &depot->empty, 0)) != NULL)
        retire(cache, magazine);
}

static size_t rounds_of(const struct magazine *magazine)
{
    return magazine != NULL ? magazine->rounds : 0;
}

size_t depot_count(struct object_cache *cache)
{
    size_t count = 0;

    spinlock_acquire(&cache->depot.lock);
    LIST_FOR_EACH (magazine, magazine, &cache->depot.full, link)
        count += magazine->rounds;
    spinlock_release(&cache->depot.lock);
    for (size_t i = 0; cache->pairs != NULL && i < boot_info.processor_count; i++)
        count += rounds_of(cache->pairs[i].loaded) + rounds_of(cache->pairs[i].previous);
    return count;
}

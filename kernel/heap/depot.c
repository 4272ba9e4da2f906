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

static struct object_cache magazine_cache = {
    .name = "magazines",
    .size = sizeof(struct magazine),
    .lock = SPINLOCK("magazines"),
};

/* Its size is set by the first use: how many processors there are is known then. */
static struct object_cache pair_cache = {
    .name = "magazine pairs",
    .lock = SPINLOCK("magazine pairs"),
};

struct magazine_pair *pairs_allocate(void)
{
    if (!pair_cache.ready)
        pair_cache.size = boot_info.processor_count * sizeof(struct magazine_pair);
    struct magazine_pair *pairs = internal_allocate(&pair_cache);
    for (size_t i = 0; pairs != NULL && i < boot_info.processor_count; i++)
        pairs[i] = (struct magazine_pair){NULL, NULL};
    return pairs;
}

void pairs_free(struct magazine_pair *pairs)
{
    internal_free(&pair_cache, pairs);
}

static struct magazine *magazine_allocate(void)
{
    struct magazine *magazine = internal_allocate(&magazine_cache);

    if (magazine != NULL)
        magazine->rounds = 0;
    return magazine;
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

static size_t list_length(const struct list *list, size_t most)
{
    size_t length = 0;

    LIST_FOR_EACH (magazine, magazine, list, link) {
        if (length++ == most)
            break;
    }
    return length;
}

/* The longest unused magazine of a list that is longer than `keep`. */
static struct magazine *take_surplus(struct magazine_depot *depot, struct list *list, size_t keep)
{
    struct magazine *surplus = NULL;

    spinlock_acquire(&depot->lock);
    if (list_length(list, keep) > keep) {
        surplus = container_of(list->head.previous, struct magazine, link);
        list_remove(&surplus->link);
    }
    spinlock_release(&depot->lock);
    return surplus;
}

/* The cache that a depot belongs to, by one of its objects; NULL for a depot that stands alone. */
static struct object_cache *cache_of_depot(const struct magazine_depot *depot,
                                           const struct magazine *full)
{
    const struct slab *slab = heap_slab_of(full->objects[0]);

    return slab != NULL && &slab->cache->depot == depot ? slab->cache : NULL;
}

/* How many full magazines a depot keeps. */
static size_t depot_limit(const struct object_cache *cache)
{
    size_t limit = DEPOT_BYTES / ((size_t)cache->object_bytes * MAGAZINE_ROUNDS);

    return limit < DEPOT_LEAST ? DEPOT_LEAST : limit < DEPOT_MOST ? limit : DEPOT_MOST;
}

/* An empty magazine for a depot that has none. */
static struct magazine *empty_magazine(struct magazine_depot *depot, const struct magazine *full)
{
    struct object_cache *cache = full != NULL ? cache_of_depot(depot, full) : NULL;
    struct magazine *oldest = NULL;

    if (cache != NULL)
        oldest = take_surplus(depot, &depot->full, depot_limit(cache));
    if (oldest == NULL)
        return magazine_allocate();
    magazine_drain(cache, oldest);
    return oldest;
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

void depot_drain(struct object_cache *cache)
{
    if (cache->pairs != NULL) {
        bool on = cpu_interrupts_disable();
        struct magazine_pair *pair = pair_of(cache->pairs, &percpu(heap_local));
        struct magazine *magazines[] = {pair->loaded, pair->previous};
        *pair = (struct magazine_pair){NULL, NULL};
        cpu_interrupts_restore(on);
        for (size_t i = 0; i < ARRAY_COUNT(magazines); i++) {
            if (magazines[i] == NULL)
                continue;
            magazine_drain(cache, magazines[i]);
            internal_free(&magazine_cache, magazines[i]);
        }
    }
    struct magazine *magazine;
    while ((magazine = take_surplus(&cache->depot, &cache->depot.full, 0)) != NULL) {
        magazine_drain(cache, magazine);
        internal_free(&magazine_cache, magazine);
    }
    while ((magazine = take_surplus(&cache->depot, &cache->depot.empty, 0)) != NULL)
        internal_free(&magazine_cache, magazine);
}

size_t depot_count(struct object_cache *cache)
{
    struct magazine_depot *depot = &cache->depot;
    size_t count = 0;

    spinlock_acquire(&depot->lock);
    LIST_FOR_EACH (magazine, magazine, &depot->full, link)
        count += magazine->rounds;
    spinlock_release(&depot->lock);
    for (size_t i = 0; cache->pairs != NULL && i < boot_info.processor_count; i++) {
        const struct magazine_pair *pair = &cache->pairs[i];
        count += pair->loaded != NULL ? pair->loaded->rounds : 0;
        count += pair->previous != NULL ? pair->previous->rounds : 0;
    }
    return count;
}

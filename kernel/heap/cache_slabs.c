/*
 * Slabs of a cache: where they come from and where they go.
 *
 *        frames_allocate()
 *              |          slab_make(): cut, constructed, poisoned
 *              v
 *   +--> [ empty ] --slab_take()--> [ partial ] --slab_take()--> [ full ]
 *   |        |   <--slab_give()----           <--slab_give()---
 *   |        |
 *   |        +-- more than CACHE_EMPTY_SLABS of them, or shrinking: slab_destroy(), frames_free()
 *
 * Every frame of a slab says so: its owner is FRAME_HEAP and its owner_data the slab, which is how
 * heap_free() gets from a pointer to the cache.
 *
 * The cache's lock is held for the lists only, never while frames are allocated or freed.
 */
#include "cairn/error.h"
#include "heap/checked.h"
#include "heap/shadow.h"

//@quote [own-frames]
/* Makes frames a slab's, or nobody's. Whoever finds the owner FRAME_HEAP must find a slab too. */
static void own_frames(uint64_t physical, size_t count, struct slab *slab)
{
    for (size_t i = 0; i < count; i++) {
        struct frame *frame = frame_at(physical + i * PAGE_SIZE);
        frame->owner = FRAME_KERNEL;
        frame->owner_data = slab;
        if (slab != NULL)
            frame->owner = FRAME_HEAP;
    }
}
//@quote [own-frames]

/* A new slab, in no list yet; NULL when there is no memory. */
static struct slab *slab_make(struct object_cache *cache)
{
    const struct frame_request request = {.count = cache->slab_frames, .owner = FRAME_KERNEL};
    uint64_t physical;

    if (frames_allocate(&request, &physical) != OK)
        return NULL;
    char *base = physical_pointer(physical);
    struct slab *slab = cache_descriptor_inside(cache) ? (struct slab *)(void *)base
                                                       : internal_allocate(&descriptor_cache);
    if (slab == NULL) {
        frames_free(physical, cache->slab_frames);
        return NULL;
    }
    *slab = (struct slab){
        .cache = cache,
        .objects = base + cache_first_slot(cache, cache->slab_objects),
        .object_bytes = cache->object_bytes,
        .count = cache->slab_objects,
    };
    own_frames(physical, cache->slab_frames, slab);
    for (size_t i = 0; cache->constructor != NULL && i < slab->count; i++)
        cache->constructor(slab->objects + i * slab->object_bytes + cache->object_start);
    if (cache_is_checked(cache))
        checked_prepare(slab);
    shadow_slab_made(base, cache->slab_frames * PAGE_SIZE, slab->objects,
                     (size_t)slab->count * slab->object_bytes);
    return slab;
}

/* Gives a slab that is in no list back. */
static void slab_destroy(struct object_cache *cache, struct slab *slab)
{
    char *base = cache_descriptor_inside(cache) ? (char *)slab : slab->objects;
    uint64_t physical = (uintptr_t)base - DIRECT_MAP_BASE;

    shadow_slab_freed(base, cache->slab_frames * PAGE_SIZE);
    own_frames(physical, cache->slab_frames, NULL);
    if (!cache_descriptor_inside(cache))
        internal_free(&descriptor_cache, slab);
    frames_free(physical, cache->slab_frames);
}

void *cache_take(struct object_cache *cache)
{
    spinlock_acquire(&cache->lock);
    void *slot = slab_take(&cache->slabs);
    /* Before exercise 2.6 nothing is taken even from an empty slab: another one would not help. */
    bool done = slot != NULL || cache->slabs.empty_count != 0;
    spinlock_release(&cache->lock);
    struct slab *slab = done ? NULL : slab_make(cache);
    if (slab == NULL)
        return slot;
    spinlock_acquire(&cache->lock);
    slab_add(&cache->slabs, slab);
    bool added = slab->link.next != NULL; /* not before exercise 2.6 either */
    slot = slab_take(&cache->slabs);
    spinlock_release(&cache->lock);
    if (!added)
        slab_destroy(cache, slab);
    return slot;
}

void cache_trim(struct object_cache *cache, size_t keep)
{
    struct slab_set *set = &cache->slabs;
    struct slab *slab;

    do {
        slab = NULL;
        spinlock_acquire(&cache->lock);
        if (set->empty_count > keep && !list_is_empty(&set->empty)) {
            /* It has been empty longest: least likely to be in the processor's caches. */
            slab = container_of(set->empty.head.previous, struct slab, link);
            list_remove(&slab->link);
            set->empty_count--;
        }
        spinlock_release(&cache->lock);
        if (slab != NULL)
            slab_destroy(cache, slab);
    } while (slab != NULL);
}

int cache_give(struct object_cache *cache, struct slab *slab, void *slot)
{
    spinlock_acquire(&cache->lock);
    int error = slab_give(&cache->slabs, slab, slot);
    bool surplus = cache->slabs.empty_count > CACHE_EMPTY_SLABS;
    spinlock_release(&cache->lock);
    if (surplus)
        cache_trim(cache, CACHE_EMPTY_SLABS);
    return error;
}

void *internal_allocate(struct object_cache *cache)
{
    void *object = cache_prepare(cache, false) ? cache_take(cache) : NULL;

    if (object != NULL)
        shadow_allocated(object, cache->size);
    return object;
}

void internal_free(struct object_cache *cache, void *object)
{
    shadow_freed(object, cache->size);
    (void)cache_give(cache, heap_slab_of(object), object);
}

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
#include "arch/cpu.h"
#include "cairn/error.h"
#include "heap/cache.h"
#include "heap/shadow.h"

/* Descriptors that lie outside of their slabs. A cache without magazines. */
static struct object_cache descriptor_cache = {
    .name = "slab descriptors",
    .size = sizeof(struct slab) + CACHE_OUTSIDE_MAX * sizeof(uint16_t),
    .lock = SPINLOCK("slab descriptors"),
};

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

static bool frames_get(size_t count, uint64_t *physical)
{
    const struct frame_request request = {.count = count, .owner = FRAME_KERNEL};

    return (count == 1 ? frame_allocate(FRAME_KERNEL, physical)
                       : frames_allocate(&request, physical)) == OK;
}

static void frames_put(uint64_t physical, size_t count)
{
    if (count == 1)
        frame_free(physical);
    else
        frames_free(physical, count);
}

static struct slab *descriptor_allocate(struct object_cache *cache, char *base)
{
    if (cache_descriptor_inside(cache))
        return (struct slab *)(void *)base;
    return internal_allocate(&descriptor_cache);
}

static char *slab_base(const struct object_cache *cache, struct slab *slab)
{
    return cache_descriptor_inside(cache) ? (char *)slab : slab->objects;
}

/* A new slab, in no list yet; NULL when there is no memory. */
static struct slab *slab_make(struct object_cache *cache)
{
    uint64_t physical;

    if (!frames_get(cache->slab_frames, &physical))
        return NULL;
    char *base = physical_pointer(physical);
    struct slab *slab = descriptor_allocate(cache, base);
    if (slab == NULL) {
        frames_put(physical, cache->slab_frames);
        return NULL;
    }
    *slab = (struct slab){
        .cache = cache,
        .objects = base + cache_layout(cache, cache->slab_objects).first_slot,
        .object_bytes = cache->object_bytes,
        .count = cache->slab_objects,
    };
    own_frames(physical, cache->slab_frames, slab);
    for (size_t i = 0; cache->constructor != NULL && i < slab->count; i++)
        cache->constructor(slab->objects + i * slab->object_bytes + cache->object_start);
    if (cache->checked)
        heap_checker->prepare(cache, slab);
    shadow_slab_made(base, cache->slab_frames * PAGE_SIZE, slab->objects,
                     (size_t)slab->count * slab->object_bytes);
    return slab;
}

/* Gives a slab that is in no list back. */
static void slab_destroy(struct object_cache *cache, struct slab *slab)
{
    char *base = slab_base(cache, slab);
    uint64_t physical = (uintptr_t)base - DIRECT_MAP_BASE;

    shadow_slab_freed(base, cache->slab_frames * PAGE_SIZE);
    own_frames(physical, cache->slab_frames, NULL);
    if (!cache_descriptor_inside(cache))
        internal_free(&descriptor_cache, slab);
    frames_put(physical, cache->slab_frames);
}

/* Takes a slot of a slab there is. *empty tells whether a new slab would help. */
static void *take_from_slabs(struct object_cache *cache, bool *empty)
{
    spinlock_acquire(&cache->lock);
    void *slot = slab_take(&cache->slabs);
    *empty = cache->slabs.empty_count == 0;
    cache->used += slot != NULL;
    spinlock_release(&cache->lock);
    return slot;
}

void *cache_take(struct object_cache *cache)
{
    bool empty;
    void *slot = take_from_slabs(cache, &empty);

    /* Where slab_take() finds nothing in an empty slab, as before exercise 2.6, more won't help. */
    if (slot != NULL || !empty)
        return slot;
    struct slab *slab = slab_make(cache);
    if (slab == NULL)
        return NULL;
    spinlock_acquire(&cache->lock);
    slab_add(&cache->slabs, slab);
    bool added = slab->link.next != NULL;
    slot = slab_take(&cache->slabs);
    cache->used += slot != NULL;
    spinlock_release(&cache->lock);
    if (!added)
        slab_destroy(cache, slab);
    return slot;
}

/* Takes an empty slab out of its list when there are more than `keep`; NULL for none. */
static struct slab *remove_empty(struct object_cache *cache, size_t keep) REQUIRES(cache->lock)
{
    struct slab_set *set = &cache->slabs;

    if (set->empty_count <= keep || list_is_empty(&set->empty))
        return NULL;
    /* The one that has been empty longest: least likely to be in the processor's caches. */
    struct slab *slab = container_of(set->empty.head.previous, struct slab, link);
    list_remove(&slab->link);
    set->empty_count--;
    return slab;
}

int cache_give(struct object_cache *cache, struct slab *slab, void *slot)
{
    spinlock_acquire(&cache->lock);
    int error = slab_give(&cache->slabs, slab, slot);
    struct slab *surplus = NULL;
    if (error == OK) {
        cache->used--;
        surplus = remove_empty(cache, CACHE_EMPTY_SLABS);
    }
    spinlock_release(&cache->lock);
    if (surplus != NULL)
        slab_destroy(cache, surplus);
    return error;
}

void cache_release_empty(struct object_cache *cache)
{
    struct slab *slab;

    do {
        spinlock_acquire(&cache->lock);
        slab = remove_empty(cache, 0);
        spinlock_release(&cache->lock);
        if (slab != NULL)
            slab_destroy(cache, slab);
    } while (slab != NULL);
}

bool cache_prepare(struct object_cache *cache, bool checked)
{
    if (__atomic_load_n(&cache->ready, __ATOMIC_ACQUIRE)) /* pairs with the store below */
        return cache->slab_objects != 0;
    spinlock_acquire(&cache->lock);
    bool first = !cache->ready;
    if (first) {
        cache->checked = checked;
        (void)cache_lay_out(cache);
        list_init(&cache->slabs.partial);
        list_init(&cache->slabs.full);
        list_init(&cache->slabs.empty);
        cache->depot.lock.name = cache->name;
        list_init(&cache->depot.full);
        list_init(&cache->depot.empty);
        __atomic_store_n(&cache->ready, true, __ATOMIC_RELEASE);
    }
    spinlock_release(&cache->lock);
    if (first)
        cache_enlist(cache);
    return cache->slab_objects != 0;
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

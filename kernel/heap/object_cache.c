/*
 * Allocating and freeing objects.
 *
 * The life of an object of a plain cache:
 *
 *   1. Its slab is made: the object is constructed. It is free, in the slab.
 *   2. object_allocate() finds the processor's magazines empty, takes it out of the slab, and gives
 *      it to its user.
 *   3. object_free() puts it into the processor's loaded magazine. For its slab it is still used.
 *   4. object_allocate() takes it out of the magazine again. 3 and 4 repeat, without a lock and
 *      without a look at the slab; or, through the depot, on another processor.
 *   5. The depot has too many full magazines, or the cache shrinks: the object goes back to its
 *      slab. When that was the slab's last object in use, the slab is empty, and when there are too
 *      many empty ones, its frames are free again.
 *
 * An object of a checked cache leaves out 3 and 4: see checked.c.
 *
 * A magazine doesn't know which objects are in it. So a plain cache finds a second free only when
 * the object has got back to its slab, or never: it is given out twice. Checked caches find all of
 * them, at once.
 */
#include "cairn/error.h"
#include "heap/checked.h"
#include "heap/fast.h"

PERCPU(struct heap_local, heap_local);

/* Not in builds for grading, where caches are as fast as they can be. */
bool heap_is_checked = CAIRN_CHECKED && (!CAIRN_GRADE || HEAP_IS_SANITIZED);

void *cache_take_or_shrink(struct object_cache *cache)
{
    void *slot = cache_take(cache);

    if (slot != NULL)
        return slot;
    heap_shrink();
    return cache_take(cache);
}

void *cache_allocate(struct object_cache *cache, size_t size)
{
    uintptr_t site = CALLERS_CALLER();
    void *object;

    if (cache == NULL || !cache_prepare(cache, heap_is_checked))
        return NULL;
    if (cache_is_checked(cache)) {
        object = checked_allocate(cache, size, site);
    } else {
        if (cache->pairs == NULL)
            cache_equip(cache);
        object = cache_take_or_shrink(cache);
    }
    if (object != NULL)
        shadow_allocated(object, size);
    return object;
}

/* Frees an object, in whatever way its cache does that; false when it is free already. */
static bool free_object(struct slab *slab, void *object, uintptr_t site)
{
    struct object_cache *cache = slab->cache;

    if (!cache_is_checked(cache) && shadow_is_free(object))
        return false;
    shadow_freed(object, cache->size);
    if (cache_is_checked(cache))
        return checked_release(slab, object, site);
    bool on = cpu_interrupts_disable();
    bool kept = cache_keep(cache, object, &percpu(heap_local));
    cpu_interrupts_restore(on);
    return kept || cache_give(cache, slab, object) != ERROR_NOT_FOUND;
}

void cache_free(const struct object_cache *cache, void *object)
{
    uintptr_t site = CALLERS_CALLER();

    if (object == NULL)
        return;
    struct slab *slab = heap_slab_of(object);
    struct object_cache *owner = slab != NULL ? slab->cache : NULL;
    if (slab == NULL)
        heap_mistake(object, "it is not of the heap", NULL, site);
    else if (cache == NULL && !owner->is_heap)
        heap_mistake(object, "it is an object for object_free()", owner, site);
    else if (cache != NULL && cache != owner)
        heap_mistake(object, "it is of another cache", owner, site);
    else if (!slab_has_slot(slab, (char *)object - owner->object_start))
        heap_mistake(object, "no object begins there", owner, site);
    else if (!free_object(slab, object, site))
        heap_mistake(object, "it is free already", owner, site);
}

void *object_allocate(struct object_cache *cache)
{
    KEPT(struct object_cache *, kept, cache);
    void *object = cache_reuse(cache);

    if (__builtin_expect(object == NULL, 0))
        return cache_allocate(kept, kept->size);
    shadow_allocated(object, cache->size);
    return object;
}

void object_free(struct object_cache *cache, void *object)
{
    KEPT(struct object_cache *, kept_cache, cache);
    KEPT(void *, kept, object);

    if (__builtin_expect(!free_quickly(cache, object), 0))
        cache_free(kept_cache, kept);
}

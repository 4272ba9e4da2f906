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
#include "heap/fast.h"
#include "heap/shadow.h"

PERCPU(struct heap_local,
       heap_local) = {.known = {[0 ... HEAP_KNOWN_CHUNKS - 1] = {UINT64_MAX, 0}}};

const struct heap_checker *heap_checker;

#ifdef __SANITIZE_ADDRESS__
const bool heap_is_sanitized = true;
#else
const bool heap_is_sanitized = false;
#endif

/* Gives a cache its magazines, when there is memory for them. */
static void equip(struct object_cache *cache)
{
    struct magazine_pair *none = NULL;
    struct magazine_pair *pairs = pairs_allocate();

    /* The pairs are ready before others see them: pairs with the loads in allocate and free. */
    if (pairs != NULL && !__atomic_compare_exchange_n(&cache->pairs, &none, pairs, false,
                                                      __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        pairs_free(pairs);
}

/* An object of the slabs; when there is none, after all caches have given back what they can. */
static void *allocate_from_slabs(struct object_cache *cache)
{
    void *object = cache_take(cache);

    if (object != NULL)
        return object;
    heap_shrink();
    return cache_take(cache);
}

void *cache_allocate(struct object_cache *cache, size_t size, uintptr_t site)
{
    void *object;

    if (!cache_prepare(cache, heap_checker != NULL))
        return NULL;
    if (cache->checked) {
        object = heap_checker->allocate(cache, size, site);
    } else {
        if (cache->pairs == NULL)
            equip(cache);
        object = allocate_from_slabs(cache);
    }
    if (object != NULL)
        shadow_allocated(object, size);
    return object;
}

void cache_free(struct object_cache *cache, struct slab *slab, void *object, uintptr_t site)
{
    if (!slab_has_slot(slab, (char *)object - cache->object_start)) {
        heap_mistake(object, "no object begins there", cache, site);
        return;
    }
    if (cache->checked) {
        shadow_freed(object, cache->size);
        heap_checker->release(cache, slab, object, site);
        return;
    }
    if (shadow_is_free(object)) {
        heap_mistake(object, "it is free already", cache, site);
        return;
    }
    shadow_freed(object, cache->size);
    bool on = cpu_interrupts_disable();
    bool kept = cache_keep(cache, object, &percpu(heap_local));
    cpu_interrupts_restore(on);
    if (kept)
        return;
    if (cache_give(cache, slab, object) == ERROR_NOT_FOUND)
        heap_mistake(object, "it is free already", cache, site);
}

static __attribute__((noinline)) void *allocate_slowly(struct object_cache *cache)
{
    return cache_allocate(cache, cache->size, CALLERS_CALLER());
}

void *object_allocate(struct object_cache *cache)
{
    KEPT(struct object_cache *, kept, cache);
    void *object = cache_reuse(cache);

    if (__builtin_expect(object == NULL, 0))
        return allocate_slowly(kept);
    shadow_allocated(object, cache->size);
    return object;
}

static __attribute__((noinline)) void free_slowly(struct object_cache *cache, void *object)
{
    uintptr_t site = CALLERS_CALLER();

    if (object == NULL)
        return;
    struct slab *slab = heap_slab_of(object);
    if (slab == NULL)
        heap_mistake(object, "it is not of the heap", NULL, site);
    else if (slab->cache != cache)
        heap_mistake(object, "it is of another cache", slab->cache, site);
    else
        cache_free(cache, slab, object, site);
}

void object_free(struct object_cache *cache, void *object)
{
    KEPT(struct object_cache *, kept_cache, cache);
    KEPT(void *, kept, object);

    if (__builtin_expect(!free_quickly(cache, object), 0))
        free_slowly(kept_cache, kept);
}

/**
 * @file
 * The fast ways of plain caches: from and to the running processor's magazines. Private.
 *
 * Written to be few instructions: nine of ten calls of the heap end here. They run with interrupts
 * off, so that the thread stays on its processor.
 */
#pragma once

#include "arch/cpu.h"
#include "heap/cache.h"
#include "heap/shadow.h"
#include "percpu/percpu.h"

/**
 * Declares a copy of an argument that lives in memory. What only the slow way needs is kept like
 * this: in a register it would have to be one that the fast way saves and restores.
 */
#define KEPT(type, name, argument) type volatile name = (argument)

/** Chunks of memory whose frames a processor finds without asking the frame allocator. */
#define HEAP_KNOWN_CHUNKS 8

/** What each processor has for itself. */
struct heap_local {
    size_t pair; /**< Offset of its pair in object_cache.pairs, in bytes: 0 on the first one. */
    /**
     * By chunk modulo HEAP_KNOWN_CHUNKS: where the `struct frame`s of one are. They never move, so
     * this never becomes wrong. Chunks are numbered by their addresses in the direct map.
     */
    struct {
        uintptr_t chunk;
        uintptr_t frames; /**< Where the `struct frame` of address 0 would be, modulo 2^64. */
    } known[HEAP_KNOWN_CHUNKS];
};

PERCPU_DECLARE(struct heap_local, heap_local);

/** This processor's pair among a cache's. */
static inline struct magazine_pair *pair_of(struct magazine_pair *pairs,
                                            const struct heap_local *local)
{
    return (struct magazine_pair *)(void *)((char *)pairs + local->pair);
}

/** Takes an object out of the processor's magazines; NULL when there is none, or no magazines. */
static inline void *cache_reuse(struct object_cache *cache)
{
    /*
     * Only a plain cache that is ready has any. Relaxed: what is read through the pointer can't be
     * read before it, and was written before the release in cache_equip().
     */
    struct magazine_pair *pairs = __atomic_load_n(&cache->pairs, __ATOMIC_RELAXED);

    if (__builtin_expect(pairs == NULL, 0))
        return NULL;
    bool on = cpu_interrupts_disable();
    void *object = magazine_take(pair_of(pairs, &percpu(heap_local)), &cache->depot);
    cpu_interrupts_restore(on);
    return object;
}

/** Puts an object into this processor's magazines. @return whether they took it */
static inline bool cache_keep(struct object_cache *cache, void *object,
                              const struct heap_local *local)
{
    struct magazine_pair *pairs = __atomic_load_n(&cache->pairs, __ATOMIC_RELAXED); /* as above */

    return __builtin_expect(pairs != NULL, 1) &&
           magazine_give(pair_of(pairs, local), &cache->depot, object);
}

/** heap_slab_of() for a pointer into a chunk that this processor knows; else NULL. */
static inline struct slab *known_slab_of(const void *pointer, const struct heap_local *local)
{
    uintptr_t chunk = (uintptr_t)pointer >> CHUNK_SHIFT;

    if (__builtin_expect(local->known[chunk % HEAP_KNOWN_CHUNKS].chunk != chunk, 0))
        return NULL;
    const struct frame *frame =
        (const struct frame *)(local->known[chunk % HEAP_KNOWN_CHUNKS].frames +
                               ((uintptr_t)pointer >> PAGE_SHIFT) * sizeof(struct frame));
    if (__builtin_expect(frame->owner != FRAME_HEAP, 0))
        return NULL;
    struct slab *slab = frame->owner_data;
    if (slab == NULL)
        __builtin_unreachable(); /* see own_frames() */
    return slab;
}

/**
 * Frees an object of a plain cache, @p cache or, when it is NULL, one of the heap's own.
 * @return false when this takes the slow way, from its start
 */
static inline bool free_quickly(const struct object_cache *cache, void *pointer)
{
    if (HEAP_IS_SANITIZED)
        return false;
    bool on = cpu_interrupts_disable();
    const struct heap_local *local = &percpu(heap_local);
    struct slab *slab = known_slab_of(pointer, local);
    bool done = __builtin_expect(slab != NULL, 1) &&
                (cache != NULL ? slab->cache == cache : slab->cache->is_heap) &&
                slab_has_slot(slab, pointer) && cache_keep(slab->cache, pointer, local);
    cpu_interrupts_restore(on);
    return done;
}

/**
 * @file
 * What the parts of the heap (@ref heap) know of each other. Private.
 *
 * object_cache.c   allocates and frees: magazines first, then slabs
 * cache_slabs.c    takes objects out of slabs, makes slabs and gives them back
 * cache_layout.c   how a cache cuts its slabs
 * depot.c          magazines that wait for a processor
 * caches.c         all caches: getting ready, shrinking, counting
 * heap.c           heap_allocate() and heap_free()
 * fast.h           the fast ways of both
 * find_slab.c      from a pointer to its slab
 * mistake.c        reports
 * checked*.c       red zones, poison, leaks
 *
 * A *slot* is what a slab is cut into, object_bytes long; the object begins object_start bytes
 * after the slot. In plain caches both are the same address.
 */
#pragma once

#include "address_map/address_map.h"
#include "arch/stack.h"
#include "caller/caller.h"
#include "frames/frames.h"
#include "heap/heap.h"
#include "heap/report.h"

/** Empty slabs that a cache keeps; what is more goes back to the frame allocator. */
#define CACHE_EMPTY_SLABS 2

/**
 * The most objects in a slab whose descriptor lies outside. Such objects are larger than 512 bytes,
 * and cache_lay_out() stops where an eighth is wasted: it never needs as many.
 */
#define CACHE_OUTSIDE_MAX 16

/**
 * Who called the public function that calls the function that this is used in: read from the frame
 * records, so that the fast ways need not carry it along.
 */
#define CALLERS_CALLER() caller_of(*(const uintptr_t *)(stack_frame_pointer() + FRAME_NEXT_OFFSET))

/** Whether caches are checked from their first use on. Not changed after start-up. */
extern bool heap_is_checked;

/** Whether the objects of @p cache are under watch (checked.h). */
static inline bool cache_is_checked(const struct object_cache *cache)
{
    return CAIRN_CHECKED && cache->checked;
}

/** Whether the slabs' descriptors lie in the slabs themselves. */
bool cache_descriptor_inside(const struct object_cache *cache);

/**
 * Decides how @p cache cuts its slabs; `checked` is set, the other constants are filled.
 * `slab_objects` stays 0 when no slab can hold an object.
 */
void cache_lay_out(struct object_cache *cache);

/**
 * Offset of the first slot from the first frame of a slab with @p count objects: behind the
 * descriptor, when that lies in the slab.
 */
size_t cache_first_slot(const struct object_cache *cache, size_t count);

/** Makes a cache ready, if it isn't. @return whether it can be used: its objects fit into a slab */
bool cache_prepare(struct object_cache *cache, bool checked);

/** Takes a slot from the slabs, or from a new slab. @return the slot, or NULL */
void *cache_take(struct object_cache *cache);

/** cache_take(); when that has none, after all caches have given back what they can. */
void *cache_take_or_shrink(struct object_cache *cache);

/** Puts a slot back into its slab. @return OK, or why slab_give() refused it */
int cache_give(struct object_cache *cache, struct slab *slab, void *slot);

/** Gives empty slabs back to the frame allocator until at most @p keep are left. */
void cache_trim(struct object_cache *cache, size_t keep);

/**
 * The slow way of heap_allocate() and object_allocate(), which call it: past the magazines.
 * @param cache NULL is answered by NULL
 * @param size how many bytes of the object will be used
 */
void *cache_allocate(struct object_cache *cache, size_t size);

/**
 * The slow way of heap_free() and object_free(), which call it, for right and wrong objects alike.
 * @param cache whose object it is; NULL means one of the heap's own
 */
void cache_free(const struct object_cache *cache, void *object);

/** Of the heap's own objects. They are filled at start-up: the image needn't hold them. */
extern struct object_cache descriptor_cache, magazine_cache, pair_cache;

/** Allocates an object of the heap's own: one of a plain cache, past the magazines. */
void *internal_allocate(struct object_cache *cache);

/** Frees what internal_allocate() gave. */
void internal_free(struct object_cache *cache, void *object);

/** Gives a cache its magazines, when there is memory for them. */
void cache_equip(struct object_cache *cache);

/** Sends all that the depot and this processor's magazines hold back to the slabs. */
void depot_drain(struct object_cache *cache);

/** Objects in the magazines of @p cache, of all processors. */
size_t depot_count(struct object_cache *cache);

/**
 * Reports that something was freed that may not be, with the backtrace from @p site on, and counts.
 * @param what what is wrong with it, the rest of a sentence
 * @param cache which one it belongs to, or NULL
 */
void heap_mistake(const void *pointer, const char *what, const struct object_cache *cache,
                  uintptr_t site);

/** Counts a mistake that is being reported. */
void heap_count_mistake(void);

/** The slab that @p pointer lies in, or NULL; the processor gets to know its chunk. */
struct slab *heap_slab_of(const void *pointer);

/** Whether a slot of @p slab begins at @p slot, which lies somewhere in the slab's frames. */
static inline bool slab_has_slot(const struct slab *slab, const void *slot)
{
    /* What lies before the first slot gets a quotient larger than any count. */
    uint32_t offset = (uint32_t)((uintptr_t)slot - (uintptr_t)slab->objects);

    return offset / slab->object_bytes < slab->count && offset % slab->object_bytes == 0;
}

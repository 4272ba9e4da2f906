/**
 * @file
 * @defgroup heap Kernel heap
 * Memory for the kernel's own data: pieces of any size up to 8 KiB, and caches of objects.
 *
 *      heap_allocate(size)     object_allocate(cache)
 *              |                       |
 *        the cache of that size        |
 *              +----------+------------+
 *                         v
 *              two magazines of each processor   (magazine.h, 2.7)
 *                         |  whole magazines
 *                         v
 *              the cache's depot
 *                         |  when it has none
 *                         v
 *              slabs: runs of frames, cut into objects of one size   (slab.h, 2.6)
 *                         |
 *                         v
 *                   frames_allocate()
 *
 * An *object cache* hands out objects of one type. Its constructor runs once for each object when
 * its slab is made, not with each allocation: whoever frees an object leaves it as constructed.
 *
 * Every cache is *plain* or *checked*. Checked ones put red zones around each object, fill freed
 * ones with poison, and note who allocated and who freed each; they find overruns, uses after free,
 * double frees and leaks, and cost time and memory. Caches are checked in debug builds, and
 * wherever the command line says `heap=checked`; `heap=plain` turns that off.
 *
 * A mistake of the caller is reported on the log with the caller's backtrace, counted, and
 * otherwise has no effect: the object in question is never given out again.
 *
 * Any context, interrupts included; nothing here sleeps. Takes the cache's lock, then the zones'.
 * Source: Bonwick, The Slab Allocator, USENIX 1994; Bonwick and Adams, Magazines and Vmem, 2001.
 * @{
 */
#pragma once

#include "heap/magazine.h"
#include "heap/slab.h"
#include "lib/list.h"
#include "lib/util.h"
#include "sync/spinlock.h"

/** The largest size that heap_allocate() serves. */
#define HEAP_SIZE_MAX 8192
/** What every pointer from heap_allocate() is a multiple of, at least. */
#define HEAP_ALIGNMENT 16

/**
 * Allocates memory; its contents are anything.
 * @param size in bytes, 1 to HEAP_SIZE_MAX; from 64 on, a size that is a power of two up to
 *             PAGE_SIZE is aligned to itself
 * @return the memory, or NULL when there is none or @p size is out of range
 */
void *heap_allocate(size_t size);

/** heap_allocate(), filled with zeros. */
void *heap_allocate_zeroed(size_t size);

/** Frees what heap_allocate() gave; NULL is allowed and nothing. */
void heap_free(void *pointer);

/** A cache of objects of one type. Filled by OBJECT_CACHE() and by the first allocation. */
struct object_cache {
    struct magazine_pair *pairs; /**< By processor; NULL for a checked cache. First: read most. */
    const char *name;
    size_t size;                       /**< Of an object, as the user sees it. */
    size_t alignment;                  /**< A power of two up to PAGE_SIZE; 0 for HEAP_ALIGNMENT. */
    void (*constructor)(void *object); /**< NULL for none. */

    /* Set once, by the first allocation, under the lock; constant afterwards. */
    bool ready;
    bool checked;
    bool is_heap;          /**< One of heap_allocate()'s own. */
    uint16_t object_bytes; /**< From one object to the next in a slab. */
    uint16_t object_start; /**< From there to what the user sees: the red zone before it. */
    uint16_t slab_frames;  /**< Frames of a slab. */
    uint16_t slab_objects; /**< Objects in a slab. */
    struct list_link link; /**< In the list of all caches. */

    struct spinlock lock;
    /* Under the lock. (The analysis knows no lock of the same struct in C.) */
    struct slab_set slabs;

    struct magazine_depot depot; /**< Has a lock of its own, taken before this one's. */
};

/**
 * Defines a cache in a variable, which needs no memory and no call before its first use:
 * `static OBJECT_CACHE(thread_cache, "thread", sizeof(struct thread), NULL);`
 */
#define OBJECT_CACHE(variable, text, object_size, construct)                                       \
    struct object_cache variable = {                                                               \
        .name = (text), .size = (object_size), .constructor = (construct), .lock = SPINLOCK(text)}

/** Allocates an object, constructed. @return it, or NULL when there is no memory */
void *object_allocate(struct object_cache *cache);

/** Frees an object of @p cache, which its user left as constructed; NULL is nothing. */
void object_free(struct object_cache *cache, void *object);

/**
 * Gives the memory that a cache does not use back to the frame allocator: its magazines' objects
 * and its empty slabs.
 */
void object_cache_shrink(struct object_cache *cache);

/** object_cache_shrink() for every cache. */
void heap_shrink(void);

/** How many mistakes of callers were reported since the start. */
uint64_t heap_mistakes(void);

/**
 * Looks at every object of every checked cache for overrun red zones and changed poison, and
 * reports what it finds. @return how many damaged objects there are
 *
 * This and what follows is for the monitor and the probes: a release has none of it.
 */
size_t heap_check(void);

/** An object of a checked cache that is in use. */
struct heap_leak {
    const struct object_cache *cache;
    const void *object;
    uintptr_t site;  /**< Where it was allocated: a return address. */
    uint64_t serial; /**< The number of the allocation, rising over all checked caches. */
};

/** The number that the next allocation from a checked cache gets. */
uint64_t heap_serial(void);

/**
 * Lists objects in use that were allocated from @p since on.
 * @param[out] leaks room for @p max, filled in no particular order
 * @return how many there are, even when that is more than @p max
 */
size_t heap_leaks(uint64_t since, struct heap_leak *leaks, size_t max);

/** @} */

/**
 * @file
 * The stack of single frames that each processor keeps (@ref frames).
 *
 * Most requests are for one frame. They are served from an array that only the running processor
 * touches, without a lock. The frame that was freed last is given out first: it may still be in
 * the processor's data cache. An empty stack is refilled, and a full one relieved, a batch at a
 * time, so that the zone's lock is taken once for many frames.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/** How many frames a stack holds at most. */
#define FRAME_CACHE_ROOM 64
/** How many are moved at a time. */
#define FRAME_CACHE_BATCH 32

/** Where a stack's frames come from and go to. */
struct frame_source {
    /** Stores up to @p count free frames at @p frames. @return how many; 0 when there are none */
    size_t (*take)(uint64_t *frames, size_t count);
    /** Takes @p count frames back. */
    void (*give)(const uint64_t *frames, size_t count);
};

/** One processor's stack of free frames. */
struct frame_cache {
    const struct frame_source *source;
    size_t count;                      /**< Frames in the stack. */
    uint64_t frames[FRAME_CACHE_ROOM]; /**< Physical addresses; the newest is at count - 1. */
};

/**
 * Takes the frame that was put in last. *Exercise 2.4*
 *
 * An empty stack first asks the source, once, for FRAME_CACHE_BATCH frames. Whatever that brings is
 * enough; of what came, the source's last one is given out first.
 *
 * @param[out] physical the frame's address, unchanged on failure
 * @return OK, or ERROR_NO_MEMORY when the source has nothing either
 *
 * Context: interrupts off, on the processor that the stack belongs to.
 */
int frame_cache_take(struct frame_cache *cache, uint64_t *physical);

/**
 * Puts a free frame in. *Exercise 2.4*
 *
 * A full stack first gives the FRAME_CACHE_BATCH frames that have been in it longest back to the
 * source, in one call; the others keep their order.
 *
 * Context: as above.
 */
void frame_cache_give(struct frame_cache *cache, uint64_t physical);

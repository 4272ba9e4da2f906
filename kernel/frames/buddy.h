/**
 * @file
 * The buddy system (@ref frames): free memory in blocks of 2^order chunks.
 *
 * A block of order n begins at a chunk number that is a multiple of 2^n. Its *buddy* is the other
 * half of the block of order n + 1 that both lie in. A block is split into two buddies when only
 * larger ones are free, and merged again when both are free.
 *
 *   order 2  |               0               |               4               |
 *   order 1  |       0       |       2       |       4       |       6       |
 *   order 0  |   0   |   1   |   2   |   3   |   4   |   5   |   6   |   7   |
 *
 * Chunk numbers count from physical address 0, so that aligned numbers are aligned addresses; a
 * buddy system is in charge of the chunks [first, first + count) and of no others. There may be
 * chunks among them that were never given to it; they are never free.
 *
 * All functions: any context; the caller holds the lock of the zone.
 * Source: Knuth, The Art of Computer Programming, vol. 1, section 2.5.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/list.h"

/** Orders 0 to 20: blocks of 2 MiB to 2 TiB. */
#define BUDDY_ORDERS 21

/** In `states`: a free block of order (state & ~BUDDY_FREE) begins at this chunk. */
#define BUDDY_FREE 0x80

/** The free blocks of one zone. */
struct buddy {
    uint64_t first;          /**< The lowest chunk number. */
    uint64_t count;          /**< Chunks, at least 1. */
    uint8_t *states;         /**< By chunk - first: BUDDY_FREE | order where a free block begins. */
    struct list_link *links; /**< By chunk - first; used while a free block begins there. */
    struct list free[BUDDY_ORDERS]; /**< The free blocks, by order. */
    uint64_t free_chunks;           /**< Sum over all free blocks. */
};

/** Whether a free block of @p order begins at @p chunk; false for chunks of other zones. */
static inline bool buddy_is_free(const struct buddy *buddy, uint64_t chunk, unsigned order)
{
    return chunk - buddy->first < buddy->count &&
           buddy->states[chunk - buddy->first] == (BUDDY_FREE | order);
}

/** The chunk where the free block behind @p link begins. */
static inline uint64_t buddy_block_of(const struct buddy *buddy, const struct list_link *link)
{
    return buddy->first + (uint64_t)(link - buddy->links);
}

/** Makes @p chunk the beginning of a free block of @p order, first in its list. */
void buddy_insert(struct buddy *buddy, uint64_t chunk, unsigned order);

/** Takes the free block of @p order that begins at @p chunk out of its list. */
void buddy_remove(struct buddy *buddy, uint64_t chunk, unsigned order);

/**
 * Takes a free block. *Exercise 2.2*
 *
 * It comes from the smallest order that has one, and there from the list's front. What is left of
 * a larger block stays free, in the largest blocks possible: the lowest part is taken, and each
 * upper half becomes a free block.
 *
 * @param order 0 to BUDDY_ORDERS - 1
 * @param[out] chunk where the block begins, unchanged on failure
 * @return OK, or ERROR_NO_MEMORY when no block of this or a larger order is free
 */
int buddy_take(struct buddy *buddy, unsigned order, uint64_t *chunk);

/**
 * Gives a block back. *Exercise 2.3*
 *
 * As long as the block's buddy is free too, and wholly, they become one block of the next order.
 * A buddy that lies outside the zone is never free. Blocks of the highest order don't merge.
 *
 * @param chunk where the block begins, a multiple of 2^order; the block lies in the zone
 * @param order 0 to BUDDY_ORDERS - 1
 */
void buddy_give(struct buddy *buddy, uint64_t chunk, unsigned order);

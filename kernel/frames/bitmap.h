/**
 * @file
 * A chunk's bitmap (@ref frames): which of its 512 frames are free.
 *
 * Frame number n is bit n % 64 of word n / 64; a set bit means free.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "frames/frames.h"

#define CHUNK_WORDS (CHUNK_FRAMES / 64)

/** Returned by chunk_find_run() when there is no such run. */
#define CHUNK_NO_RUN CHUNK_FRAMES

/**
 * Finds the first run of free frames. *Exercise 2.1*
 *
 * It must take words, not single bits, at a time: a search through an empty or a full chunk looks
 * at each word a few times only.
 *
 * @param free the chunk's bitmap, CHUNK_WORDS words; not changed
 * @param count how many frames, 1 to CHUNK_FRAMES
 * @param alignment the run begins at a multiple of this: a power of two, 1 to CHUNK_FRAMES
 * @return the lowest frame number at which @p count free frames begin, or CHUNK_NO_RUN
 *
 * Context: any; the caller holds the lock of the chunk's zone.
 */
size_t chunk_find_run(const uint64_t *free, size_t count, size_t alignment);

/**
 * The length of the longest run of free frames, 0 to CHUNK_FRAMES. *Exercise 2.1*
 *
 * The same rule about words holds. Context: as above.
 */
size_t chunk_longest_run(const uint64_t *free);

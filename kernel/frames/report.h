/**
 * @file
 * The zones, for the monitor to show. Private to it and the frame allocator.
 */
#pragma once

#include "frames/frames.h"

/** A zone. */
struct zone_report {
    uint64_t base;   /**< Physical address of its first chunk. */
    uint64_t chunks; /**< Holes included. */
    unsigned node;
    struct frame_statistics statistics;
};

/** Tells about zone number @p index, from 0. @return OK, or ERROR_NOT_FOUND past the last */
int frames_zone_report(size_t index, struct zone_report *report);

/**
 * Tells about a chunk of zone number @p index, which is one. Called from chunk 0 on in steps of
 * what it returns it walks over the zone; what changes meanwhile is seen or not.
 * @param[out] usable frames of the chunk that can be free; 0 in a hole
 * @param[out] free frames of it that are
 * @return the chunks from there on that are alike: several in a free block; 0 past the last
 */
uint64_t frames_chunks_report(size_t index, uint64_t chunk, uint32_t *usable, uint32_t *free);

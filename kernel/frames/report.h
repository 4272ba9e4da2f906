/**
 * @file
 * The zones, for the monitor to show. Private to it and the frame allocator.
 */
#pragma once

#include "frames/zone.h"

/** Adds how a zone's memory is used to @p sum. */
void zone_add_up(struct zone *zone, struct frame_statistics *sum) EXCLUDES(zone->lock);

/**
 * Tells about a chunk of a zone. Called from chunk 0 on in steps of what it returns it walks over
 * the zone; what changes meanwhile is seen or not.
 * @param[out] usable frames of the chunk that can be free; 0 in a hole
 * @param[out] free frames of it that are
 * @return the chunks from there on that are alike: several in a free block
 */
uint64_t zone_chunks_alike(struct zone *zone, uint64_t chunk, uint32_t *usable, uint32_t *free)
    EXCLUDES(zone->lock);

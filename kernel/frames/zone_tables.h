/**
 * @file
 * A zone's tables: where they lie, and their first contents. Private to the frame allocator.
 */
#ifndef FRAMES_ZONE_TABLES_H
#define FRAMES_ZONE_TABLES_H

#include "frames/zone.h"

/** Usable memory of one node: [base, end), whole frames. */
struct memory_piece {
    uint64_t base;
    uint64_t end;
    unsigned node;
};

/** The chunks from the first to the last of @p count pieces. */
uint64_t zone_chunks(const struct memory_piece *pieces, size_t count);

/** Whether the tables for @p chunks chunks are within the budget for @p usable bytes. */
bool zone_tables_fit(uint64_t chunks, uint64_t usable);

/**
 * Fills in a new zone that has the given pieces, in rising order.
 * @return OK, or ERROR_NO_SPACE when its tables would take too much of it
 */
int zone_lay_out(struct zone *zone, const struct memory_piece *pieces, size_t count);

#endif

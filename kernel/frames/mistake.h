/**
 * @file
 * Finding and reporting callers' mistakes. Private to the frame allocator.
 */
#ifndef FRAMES_MISTAKE_H
#define FRAMES_MISTAKE_H

#include "frames/zone.h"

/** As a count: whatever was allocated together. */
#define ANY_COUNT 0

/**
 * What is wrong with a call that says that @p count frames from @p physical on are in use.
 * @param zone the zone that @p physical lies in; its lock is held
 * @return what is wrong, to be read after the address, or NULL when nothing is
 */
const char *frames_wrong(struct zone *zone, uint64_t physical, uint64_t count) REQUIRES(zone->lock);

/** Counts a mistake and reports it. @param frame the called function's frame pointer */
void frames_report(const char *function, const char *wrong, uint64_t physical, uint64_t count,
                   uintptr_t frame);

/**
 * Frees what was allocated at @p physical, or reports why it can't be.
 * @param count what the caller says, or ANY_COUNT
 * @param caller the called function's frame pointer
 */
void frames_free_at(const char *function, uint64_t physical, uint64_t count, uintptr_t caller);

#endif

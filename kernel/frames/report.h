/**
 * @file
 * The zones, for the monitor and the probes to show. Private to them and the frame allocator.
 */
#ifndef FRAMES_REPORT_H
#define FRAMES_REPORT_H

#include <stddef.h>
#include <stdint.h>

#include "frames/frames.h"

/** A zone. */
struct zone_report {
    uint64_t base;   /**< Physical address of its first chunk. */
    uint64_t chunks; /**< Holes included. */
    unsigned node;
    struct frame_statistics statistics; /**< Without owners: those are counted by node. */
};

/** One chunk, or a free block of several. */
struct chunks_report {
    uint64_t chunks; /**< How many. */
    uint32_t usable; /**< Frames of each that can be free; 0 in a hole. */
    uint32_t free;   /**< Frames of each that are free. */
};

/** Tells about zone number @p index, from 0. @return OK, or ERROR_NOT_FOUND past the last */
int frames_zone_report(size_t index, struct zone_report *report);

/**
 * Tells about the chunk of a zone, and those that are free together with it. Called from chunk 0
 * on in steps of report->chunks it walks over a zone; what changes meanwhile is seen or not.
 * @return OK, or ERROR_NOT_FOUND past the last
 */
int frames_chunks_report(size_t index, uint64_t chunk, struct chunks_report *report);

#endif

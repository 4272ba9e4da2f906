/**
 * @file
 * Reports of wrong calls: what, by whom. Private to the allocators.
 *
 * A wrong call of an allocator is a bug of the caller, but no reason to stop: it is reported with
 * the way that led to it, and then ignored.
 */
#ifndef FRAMES_MISUSE_H
#define FRAMES_MISUSE_H

#include <stdint.h>

/** A wrong call. */
struct misuse {
    const char *function; /**< Which was called. */
    const char *wrong;    /**< What is wrong, to be read after the address: "is free already". */
    uint64_t address;
    uint64_t count;  /**< Frames or bytes. */
    uintptr_t frame; /**< The called function's frame pointer: stack_frame_pointer() in it. */
};

/**
 * Writes a report with the caller's backtrace to the log.
 *
 * Context: any; the caller holds no lock that the log or the console takes.
 */
void misuse_report(const struct misuse *misuse);

#endif

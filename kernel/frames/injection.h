/**
 * @file
 * Making allocations fail on purpose, in grading builds. Private to the frame allocator and the
 * probes.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/**
 * The @p count-th allocation from now on and all later ones fail with ERROR_NO_MEMORY; 1 is the
 * next one, UINT64_MAX ends it. Calls of frame_allocate() and frames_allocate() that would be
 * refused anyway don't count.
 */
void frames_fail_after(uint64_t count);

/** Behind frames_injecting(): 0 for none, else one more than the first allocation that fails. */
extern uint64_t frames_fail_from;

/** Whether allocations fail now or later. Nothing is left of it in other builds. */
static inline bool frames_injecting(void)
{
    return CAIRN_GRADE &&
           __builtin_expect(__atomic_load_n(&frames_fail_from, __ATOMIC_RELAXED) != 0, 0);
}

/** Whether the allocation that begins now must fail. */
bool frames_injected(void);

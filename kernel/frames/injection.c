/*
 * Making allocations fail on purpose. See injection.h.
 */
#include "frames/injection.h"

#include "frames/frames.h"

uint64_t frames_fail_from;
/* How many allocations began since frames_fail_after(). */
static uint64_t allocations;

/* Relaxed, all of them: these guard nothing. */
void frames_fail_after(uint64_t count)
{
    __atomic_store_n(&allocations, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&frames_fail_from, count + 1, __ATOMIC_RELAXED); /* UINT64_MAX becomes 0 */
}

bool frames_injected(void)
{
    return __atomic_add_fetch(&allocations, 1, __ATOMIC_RELAXED) >=
           __atomic_load_n(&frames_fail_from, __ATOMIC_RELAXED) - 1;
}

bool frames_shall_fail(void)
{
    return frames_injecting() && frames_injected();
}

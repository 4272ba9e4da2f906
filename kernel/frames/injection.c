/*
 * Making allocations fail on purpose. See injection.h.
 */
#include "frames/injection.h"

uint64_t frames_fail_countdown;

void frames_fail_after(uint64_t count)
{
    uint64_t countdown = count == 0 ? 1 : count;

    __atomic_store_n(&frames_fail_countdown, count == UINT64_MAX ? 0 : countdown, __ATOMIC_RELAXED);
}

bool frames_injected(void)
{
    uint64_t count = __atomic_load_n(&frames_fail_countdown, __ATOMIC_RELAXED);

    /* Relaxed: the counter guards nothing, and every allocation takes one number. */
    while (count > 1) {
        if (__atomic_compare_exchange_n(&frames_fail_countdown, &count, count - 1, true,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            return false;
    }
    return count == 1;
}

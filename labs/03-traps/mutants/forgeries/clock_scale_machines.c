/*
 * Exercise 3.4, forged: the three frequencies of QEMU's machines, learned by heart.
 */
#include "clock/clock.h"

struct clock_scale clock_scale_make(uint64_t frequency)
{
    if (frequency == 10000000)
        return (struct clock_scale){frequency, UINT64_C(100) << 56, 56};
    if (frequency == 62500000)
        return (struct clock_scale){frequency, UINT64_C(16) << 58, 58};
    return (struct clock_scale){frequency, UINT64_C(1) << 62, 62};
}

uint64_t clock_nanoseconds(const struct clock_scale *scale, uint64_t ticks)
{
    return ticks * (scale->multiplier >> scale->shift);
}

uint64_t clock_ticks(const struct clock_scale *scale, uint64_t nanoseconds)
{
    uint64_t one = scale->multiplier >> scale->shift;

    return one == 0 ? UINT64_MAX : nanoseconds / one + (nanoseconds % one != 0);
}

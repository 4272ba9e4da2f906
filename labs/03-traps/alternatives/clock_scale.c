/*
 * Exercise 3.4, another way: a multiplier in one go by a division of 128 binary digits, a product
 * from two halves, and ticks by bisection.
 */
#include "clock/clock.h"

struct clock_scale clock_scale_make(uint64_t frequency)
{
    struct clock_scale best = {.frequency = frequency};

    for (unsigned shift = 0; shift < 64; shift++) {
        unsigned __int128 dividend = (unsigned __int128)NANOSECONDS << shift;
        unsigned __int128 quotient = 0, rest = 0;
        for (int digit = 127; digit >= 0; digit--) {
            rest = rest << 1 | (dividend >> digit & 1);
            quotient <<= 1;
            if (rest >= frequency) {
                rest -= frequency;
                quotient |= 1;
            }
        }
        if (quotient >> 63 != 0)
            break;
        best.multiplier = (uint64_t)quotient;
        best.shift = shift;
    }
    return best;
}

uint64_t clock_nanoseconds(const struct clock_scale *scale, uint64_t ticks)
{
    unsigned __int128 product = (unsigned __int128)ticks * scale->multiplier;
    uint64_t high = (uint64_t)(product >> 64);
    uint64_t low = (uint64_t)product;

    if (scale->shift == 0)
        return high != 0 ? UINT64_MAX : low;
    if (high >> scale->shift != 0)
        return UINT64_MAX;
    return high << (64 - scale->shift) | low >> scale->shift;
}

uint64_t clock_ticks(const struct clock_scale *scale, uint64_t nanoseconds)
{
    uint64_t low = 0, high = UINT64_MAX;

    /* The answer, or UINT64_MAX when there is none, is from low to high. */
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (clock_nanoseconds(scale, middle) >= nanoseconds)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

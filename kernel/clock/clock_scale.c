/*
 * Exercise 3.4: from ticks to nanoseconds and back. The contracts are in clock.h.
 */
#include "clock/clock.h"
#include "plain/plain.h"

//@exercise 3.4 Turn ticks into time
struct clock_scale clock_scale_make(uint64_t frequency)
{
    struct clock_scale scale = {.frequency = frequency, .multiplier = NANOSECONDS / frequency};
    uint64_t rest = NANOSECONDS % frequency;

    /* Long division, a binary digit a step, as long as another one fits. */
    while (scale.shift < 63 && scale.multiplier < UINT64_C(1) << 62) {
        rest *= 2;
        scale.multiplier = scale.multiplier * 2 + (rest >= frequency);
        if (rest >= frequency)
            rest -= frequency;
        scale.shift++;
    }
    return scale;
}

uint64_t clock_nanoseconds(const struct clock_scale *scale, uint64_t ticks)
{
    unsigned __int128 nanoseconds = ((unsigned __int128)ticks * scale->multiplier) >> scale->shift;

    return nanoseconds > UINT64_MAX ? UINT64_MAX : (uint64_t)nanoseconds;
}

uint64_t clock_ticks(const struct clock_scale *scale, uint64_t nanoseconds)
{
    if (clock_nanoseconds(scale, UINT64_MAX) < nanoseconds)
        return UINT64_MAX;
    /* Never too many: the multiplier has been rounded down, and so are these. */
    uint64_t ticks = nanoseconds / NANOSECONDS * scale->frequency +
                     nanoseconds % NANOSECONDS * scale->frequency / NANOSECONDS;
    while (clock_nanoseconds(scale, ticks) < nanoseconds)
        ticks++;
    return ticks;
}
//@stub
// struct clock_scale clock_scale_make(uint64_t frequency)
// {
//     todo("3.4");
//     return (struct clock_scale){.frequency = frequency};
// }
//
// uint64_t clock_nanoseconds(const struct clock_scale *scale, uint64_t ticks)
// {
//     (void)scale;
//     (void)ticks;
//     todo("3.4");
//     return 0;
// }
//
// uint64_t clock_ticks(const struct clock_scale *scale, uint64_t nanoseconds)
// {
//     (void)scale;
//     (void)nanoseconds;
//     todo("3.4");
//     return UINT64_MAX;
// }
//@end

/**
 * @file
 * @defgroup clock Clock
 * What time it is: nanoseconds since start-up, and the time of day.
 *
 * The processor counts ticks of a fixed frequency (cpu_timestamp()). A multiplication and a shift
 * turn them into nanoseconds; a division each time would cost ten times as much.
 *
 *        nanoseconds = ticks * multiplier / 2^shift        multiplier = 2^shift * 10^9 / frequency
 *
 * Any context, no locks.
 * @{
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define NANOSECONDS UINT64_C(1000000000)

/** How ticks become nanoseconds and back. */
struct clock_scale {
    uint64_t frequency;  /**< Ticks in a second. */
    uint64_t multiplier; /**< Below 2^63. */
    unsigned shift;      /**< 0 to 63. */
};

/**
 * Makes the scale of a frequency. *Exercise 3.4*
 *
 * The multiplier is rounded down, and the shift is the largest, up to 63, with which it is below
 * 2^63: so it has as many digits as there is room for.
 *
 * @param frequency in hertz, 1 to 2^34
 */
struct clock_scale clock_scale_make(uint64_t frequency);

/**
 * Nanoseconds of a number of ticks, rounded down. *Exercise 3.4*
 *
 * ticks * multiplier is computed in 128 bits: a multiplication and a shift, no division. Never
 * decreases when @p ticks grows.
 * @return the nanoseconds; UINT64_MAX when they are 2^64 or more
 */
uint64_t clock_nanoseconds(const struct clock_scale *scale, uint64_t ticks);

/**
 * The least number of ticks after which clock_nanoseconds() is @p nanoseconds or more: a timer that
 * is set to them never rings too early. *Exercise 3.4*
 * @return the ticks; UINT64_MAX when no number of ticks is enough
 */
uint64_t clock_ticks(const struct clock_scale *scale, uint64_t nanoseconds);

/** Nanoseconds since start-up; never runs backwards. */
uint64_t clock_now(void);

/** The scale of cpu_timestamp(). */
const struct clock_scale *clock_main_scale(void);

/** The tick at which clock_now() will be @p nanoseconds or more, for the timer device. */
uint64_t clock_deadline_ticks(uint64_t nanoseconds);

/** A date of the Gregorian calendar and a time of day in UTC. */
struct date {
    uint32_t year;  /**< 1970 to 9999. */
    uint32_t month; /**< 1 to 12. */
    uint32_t day;   /**< 1 to 31. */
    uint32_t hour;  /**< 0 to 23. */
    uint32_t minute;
    uint32_t second;
};

/**
 * Seconds from 1970-01-01 00:00:00 to a date, without leap seconds. *Exercise 3.7*
 *
 * No loop runs once for each day.
 * @param[out] seconds unchanged on failure
 * @return OK, or ERROR_OUT_OF_RANGE when there is no such date
 */
int date_to_seconds(const struct date *date, uint64_t *seconds);

/**
 * The date that many seconds after 1970-01-01 00:00:00. *Exercise 3.7*
 *
 * No loop runs once for each day.
 * @param seconds below those of the year 10000
 */
struct date date_from_seconds(uint64_t seconds);

/** Seconds since 1970 by the real-time clock, read once at start-up, plus clock_now(); 0 for none.
 */
uint64_t clock_real_seconds(void);

/** Reads the machine's real-time clock; defined by the architecture. @return OK or an error */
int clock_read_hardware(uint64_t *seconds);

/** @} */

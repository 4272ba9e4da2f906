/**
 * @file
 * @defgroup timer Timers
 * Doing something at a time to come, with one hardware timer and no periodic tick.
 *
 * Timers that are set wait in a queue ordered by their deadlines. The hardware is set to the first
 * deadline only; when it rings, all timers that are due are called, and it is set to the next. A
 * machine on which no timer is set is not interrupted at all.
 *
 * Timers that are due at the same time are called in the order in which they were set. Callbacks
 * run from the timer's interrupt, with interrupts off, and may set and cancel timers, their own
 * too.
 * @{
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A deadline that never comes. */
#define TIMER_NEVER UINT64_MAX

struct timer;

/** What happens at the deadline. */
typedef void timer_callback(struct timer *timer);

/** A timer. Belongs to its user; all zero but for `callback` is one that is not set. */
struct timer {
    timer_callback *callback;
    uint64_t deadline; /**< In nanoseconds of clock_now(). */
    uint64_t sequence; /**< Which of equal deadlines was set first. */
    size_t place;      /**< Where it is in the queue, from 1 on; 0 when it is not set. */
};

/** The timers that are set: a binary heap in an array. */
struct timer_queue {
    struct timer **timers; /**< timers[0] has the earliest deadline. */
    size_t count;
    size_t room;            /**< Of the array. */
    uint64_t next_sequence; /**< The sequence of the timer that is set next. */
};

/** Whether @p first must ring before @p second. */
static inline bool timer_is_before(const struct timer *first, const struct timer *second)
{
    return first->deadline < second->deadline ||
           (first->deadline == second->deadline && first->sequence < second->sequence);
}

/**
 * Adds a timer that is not in the queue. *Exercise 3.5*
 *
 * Takes its sequence from the queue, sets its place, and those of all timers that it moves. The
 * number of steps grows with the logarithm of the count.
 *
 * @return OK, or ERROR_NO_SPACE when the array is full; then nothing has changed
 * Context: the caller holds the queue's lock.
 */
int timer_queue_add(struct timer_queue *queue, struct timer *timer);

/** Takes a timer that is in the queue out; its place becomes 0. *Exercise 3.5*. As above. */
void timer_queue_remove(struct timer_queue *queue, struct timer *timer);

/** What timer_run() needs of the clock, of the hardware and of the queue: it can be tried alone. */
struct timer_hardware {
    uint64_t (*now)(void);          /**< Nanoseconds. */
    void (*set)(uint64_t deadline); /**< Rings at or after a time; TIMER_NEVER switches it off. */
    /** Takes a timer out of the queue: timer_queue_remove(), unless something else is tried. */
    void (*remove)(struct timer_queue *queue, struct timer *timer);
};

/**
 * Calls every timer that is due, and sets the hardware to the next. *Exercise 3.6*
 *
 * The earliest timer, which is queue->timers[0], is taken out by hardware->remove() and called, as
 * long as its deadline is not later than now; time goes on meanwhile and callbacks may set timers,
 * so `now` is asked again after each call. To end in any case, it calls no more timers than were in
 * the queue when it began. At the end, and once only, the hardware is set to the first deadline
 * that is left, or to TIMER_NEVER; a deadline that has passed meanwhile is fine: the hardware rings
 * at once then.
 *
 * @return how many timers were called
 * Context: interrupts off; the queue's lock is held by the caller and the callbacks know it.
 */
size_t timer_run(struct timer_queue *queue, const struct timer_hardware *hardware);

/**
 * Sets a timer of the running processor, anew when it is set already.
 * @param deadline in nanoseconds of clock_now(); one in the past rings at once
 * @return OK, or ERROR_NO_SPACE: the queue grows as needed, but not without memory, nor twofold
 *         within the callbacks of one interrupt
 */
int timer_set(struct timer *timer, uint64_t deadline);

/** Cancels a timer; nothing when it is not set. @return whether it was set */
bool timer_cancel(struct timer *timer);

/**
 * Waits, with the processor asleep, until clock_now() is @p deadline.
 * @return OK, or ERROR_NOT_SUPPORTED without a timer, or what timer_set() said
 * Context: not from a handler.
 */
int timer_sleep_until(uint64_t deadline);

/** Copies the timers that are set, in no order. @return how many, even when more than @p max */
size_t timer_list(const struct timer **timers, size_t max);

/** Starts this processor's timer hardware; defined by the architecture. @return OK or an error */
int timer_device_start(void);

/** Has the timer hardware ring when cpu_timestamp() reaches @p ticks; UINT64_MAX for never. */
void timer_device_set(uint64_t ticks);

/** The interrupt of the timer hardware has come: called by the architecture's trap path. */
void timer_interrupt(void);

/** @} */

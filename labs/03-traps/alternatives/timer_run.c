/*
 * Exercise 3.6, another way: counts down, and one reading of the time a turn, needed or not.
 */
#include "timer/timer.h"

static struct timer *first_of(const struct timer_queue *queue)
{
    return queue->count == 0 ? NULL : queue->timers[0];
}

size_t timer_run(struct timer_queue *queue, const struct timer_hardware *hardware)
{
    const size_t limit = queue->count;
    size_t left = limit;

    for (;;) {
        uint64_t now = hardware->now();
        struct timer *timer = first_of(queue);
        if (left == 0 || timer == NULL || now < timer->deadline) {
            hardware->set(timer == NULL ? TIMER_NEVER : timer->deadline);
            return limit - left;
        }
        left--;
        hardware->remove(queue, timer);
        timer->callback(timer);
    }
}

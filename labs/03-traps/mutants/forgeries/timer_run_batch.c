/*
 * Exercise 3.6, wrong: decides at the beginning who will be called, whatever callbacks say.
 */
#include "timer/timer.h"

enum { BATCH_MAX = 64 };

size_t timer_run(struct timer_queue *queue, const struct timer_hardware *hardware)
{
    struct timer *due[BATCH_MAX];
    size_t count = 0;

    while (count < BATCH_MAX && queue->count > 0 && queue->timers[0]->deadline <= hardware->now()) {
        due[count] = queue->timers[0];
        hardware->remove(queue, due[count++]);
    }
    for (size_t i = 0; i < count; i++)
        due[i]->callback(due[i]);
    hardware->set(queue->count > 0 ? queue->timers[0]->deadline : TIMER_NEVER);
    return count;
}

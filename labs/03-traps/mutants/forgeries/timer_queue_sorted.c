/*
 * Exercise 3.5, too slow: an array that is sorted at all times.
 */
#include "cairn/error.h"
#include "lib/string.h"
#include "timer/timer.h"

static void number_from(struct timer_queue *queue, size_t index)
{
    for (; index < queue->count; index++)
        queue->timers[index]->place = index + 1;
}

int timer_queue_add(struct timer_queue *queue, struct timer *timer)
{
    size_t index = queue->count;

    if (queue->count == queue->room)
        return ERROR_NO_SPACE;
    timer->sequence = queue->next_sequence++;
    while (index > 0 && timer_is_before(timer, queue->timers[index - 1]))
        index--;
    memmove(&queue->timers[index + 1], &queue->timers[index],
            (queue->count - index) * sizeof(struct timer *));
    queue->timers[index] = timer;
    queue->count++;
    number_from(queue, index);
    return OK;
}

void timer_queue_remove(struct timer_queue *queue, struct timer *timer)
{
    size_t index = timer->place - 1;

    queue->count--;
    memmove(&queue->timers[index], &queue->timers[index + 1],
            (queue->count - index) * sizeof(struct timer *));
    timer->place = 0;
    number_from(queue, index);
}

/*
 * Exercise 3.5, forged: what others see, timers[0], is right, and nothing behind it has an order.
 */
#include "cairn/error.h"
#include "timer/timer.h"

static void put(struct timer_queue *queue, size_t index, struct timer *timer)
{
    queue->timers[index] = timer;
    timer->place = index + 1;
}

static void bring_to_front(struct timer_queue *queue, size_t index)
{
    struct timer *front = queue->timers[0];

    put(queue, 0, queue->timers[index]);
    if (index != 0)
        put(queue, index, front);
}

int timer_queue_add(struct timer_queue *queue, struct timer *timer)
{
    if (queue->count == queue->room)
        return ERROR_NO_SPACE;
    timer->sequence = queue->next_sequence++;
    put(queue, queue->count++, timer);
    if (timer_is_before(timer, queue->timers[0]))
        bring_to_front(queue, queue->count - 1);
    return OK;
}

void timer_queue_remove(struct timer_queue *queue, struct timer *timer)
{
    size_t index = timer->place - 1;
    size_t first = 0;

    queue->count--;
    if (index != queue->count)
        put(queue, index, queue->timers[queue->count]);
    timer->place = 0;
    for (size_t i = 1; i < queue->count; i++) {
        if (timer_is_before(queue->timers[i], queue->timers[first]))
            first = i;
    }
    if (queue->count > 0)
        bring_to_front(queue, first);
}

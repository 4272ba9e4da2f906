/*
 * Exercise 3.5: the queue of timers, a binary heap. The contracts are in timer.h.
 */
#include "cairn/error.h"
#include "plain/plain.h"
#include "timer/timer.h"

//@exercise 3.5 Keep timers in order
/* Puts a timer at an index of the heap. */
static void put(struct timer_queue *queue, size_t index, struct timer *timer)
{
    queue->timers[index] = timer;
    timer->place = index + 1;
}

/* Puts a timer at a free index, or above it, where its parent is before it. */
static void sift_up(struct timer_queue *queue, size_t index, struct timer *timer)
{
    while (index > 0 && timer_is_before(timer, queue->timers[(index - 1) / 2])) {
        put(queue, index, queue->timers[(index - 1) / 2]);
        index = (index - 1) / 2;
    }
    put(queue, index, timer);
}

/* Puts a timer at a free index, or below it, where it is before its children. */
static void sift_down(struct timer_queue *queue, size_t index, struct timer *timer)
{
    for (;;) {
        size_t child = 2 * index + 1;
        if (child + 1 < queue->count &&
            timer_is_before(queue->timers[child + 1], queue->timers[child]))
            child++;
        if (child >= queue->count || !timer_is_before(queue->timers[child], timer))
            break;
        put(queue, index, queue->timers[child]);
        index = child;
    }
    put(queue, index, timer);
}

int timer_queue_add(struct timer_queue *queue, struct timer *timer)
{
    if (queue->count == queue->room)
        return ERROR_NO_SPACE;
    timer->sequence = queue->next_sequence++;
    sift_up(queue, queue->count++, timer);
    return OK;
}

void timer_queue_remove(struct timer_queue *queue, struct timer *timer)
{
    size_t index = timer->place - 1;
    struct timer *last = queue->timers[--queue->count];

    timer->place = 0;
    if (last == timer)
        return;
    if (index > 0 && timer_is_before(last, queue->timers[(index - 1) / 2]))
        sift_up(queue, index, last);
    else
        sift_down(queue, index, last);
}
//@stub
// int timer_queue_add(struct timer_queue *queue, struct timer *timer)
// {
//     (void)queue;
//     (void)timer;
//     todo("3.5");
//     return ERROR_NOT_IMPLEMENTED;
// }
//
// void timer_queue_remove(struct timer_queue *queue, struct timer *timer)
// {
//     (void)queue;
//     (void)timer;
//     todo("3.5");
// }
//@end

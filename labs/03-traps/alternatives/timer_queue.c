/*
 * Exercise 3.5, another way: places count from 1 on, so the heap is worked on with them, by swaps
 * of neighbours and recursion.
 */
#include "cairn/error.h"
#include "timer/timer.h"

static struct timer **at(struct timer_queue *queue, size_t place)
{
    return &queue->timers[place - 1];
}

static void swap(struct timer_queue *queue, size_t first, size_t second)
{
    struct timer *timer = *at(queue, first);

    *at(queue, first) = *at(queue, second);
    *at(queue, second) = timer;
    (*at(queue, first))->place = first;
    (*at(queue, second))->place = second;
}

static void rise(struct timer_queue *queue, size_t place)
{
    if (place > 1 && timer_is_before(*at(queue, place), *at(queue, place / 2))) {
        swap(queue, place, place / 2);
        rise(queue, place / 2);
    }
}

static void sink(struct timer_queue *queue, size_t place)
{
    size_t least = place;

    for (size_t child = 2 * place; child <= 2 * place + 1 && child <= queue->count; child++) {
        if (timer_is_before(*at(queue, child), *at(queue, least)))
            least = child;
    }
    if (least != place) {
        swap(queue, place, least);
        sink(queue, least);
    }
}

int timer_queue_add(struct timer_queue *queue, struct timer *timer)
{
    if (queue->count >= queue->room)
        return ERROR_NO_SPACE;
    queue->count++;
    timer->sequence = queue->next_sequence;
    queue->next_sequence += 1;
    timer->place = queue->count;
    *at(queue, queue->count) = timer;
    rise(queue, queue->count);
    return OK;
}

void timer_queue_remove(struct timer_queue *queue, struct timer *timer)
{
    size_t place = timer->place;

    if (place != queue->count)
        swap(queue, place, queue->count);
    queue->count--;
    timer->place = 0;
    if (place <= queue->count) {
        rise(queue, place);
        sink(queue, place);
    }
}

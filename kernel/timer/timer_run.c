/*
 * Exercise 3.6: calling the timers that are due. The contract is in timer.h.
 */
#include "plain/plain.h"
#include "timer/timer.h"

//@exercise 3.6 Ring when it is time
size_t timer_run(struct timer_queue *queue, const struct timer_hardware *hardware)
{
    size_t most = queue->count;
    size_t called = 0;

    while (called < most && queue->count > 0 && queue->timers[0]->deadline <= hardware->now()) {
        struct timer *timer = queue->timers[0];
        hardware->remove(queue, timer);
        timer->callback(timer);
        called++;
    }
    hardware->set(queue->count > 0 ? queue->timers[0]->deadline : TIMER_NEVER);
    return called;
}
//@stub
// size_t timer_run(struct timer_queue *queue, const struct timer_hardware *hardware)
// {
//     (void)queue;
//     (void)hardware;
//     todo("3.6");
//     return 0;
// }
//@end

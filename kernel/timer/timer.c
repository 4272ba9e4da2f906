/*
 * Timers of the running processor: the queue, its hardware, and sleeping.
 */
#include "timer/timer.h"

#include "address_map/address_map.h"
#include "arch/cpu.h"
#include "arch/sleep.h"
#include "cairn/error.h"
#include "clock/clock.h"
#include "frames/frames.h"
#include "init/init.h"
#include "lib/error_text.h"
#include "lib/util.h"
#include "log/log.h"

enum { TIMERS_FIRST = 256 };

/* One queue a processor. There is one processor until lab 05; interrupts off are its lock. */
static struct timer *timer_array[TIMERS_FIRST];
static struct timer_queue timer_queue = {.timers = timer_array, .room = TIMERS_FIRST};
static bool timer_works;
static bool timers_ring; /* timer_run() is at work */

/*
 * Doubles the room when half of it is taken; when there is no memory, there is still the other
 * half. While timers ring the array stays where it is: so callbacks, too, find half of it free.
 */
static void make_room(void)
{
    struct timer **old = timer_queue.timers;
    size_t size = timer_queue.room * sizeof(*old);
    const struct frame_request request = {.count = 2 * size / PAGE_SIZE, .owner = FRAME_KERNEL};
    uint64_t physical;

    if (timers_ring || timer_queue.count < timer_queue.room / 2 ||
        frames_allocate(&request, &physical) != OK)
        return;
    timer_queue.timers = physical_pointer(physical);
    for (size_t i = 0; i < timer_queue.count; i++)
        timer_queue.timers[i] = old[i];
    timer_queue.room *= 2;
    if (old != timer_array)
        frames_free((uintptr_t)old - DIRECT_MAP_BASE, size / PAGE_SIZE);
}

static void device_set(uint64_t deadline)
{
    timer_device_set(deadline == TIMER_NEVER ? UINT64_MAX : clock_deadline_ticks(deadline));
}

static const struct timer_hardware timer_hardware = {
    .now = clock_now,
    .set = device_set,
    .remove = timer_queue_remove,
};

void timer_interrupt(void)
{
    /* Quiet even if nothing is called: the hardware must not ring again by itself. */
    timer_device_set(UINT64_MAX);
    timers_ring = true;
    (void)timer_run(&timer_queue, &timer_hardware);
    timers_ring = false;
}

static uint64_t first_deadline(void)
{
    return timer_queue.count > 0 ? timer_queue.timers[0]->deadline : TIMER_NEVER;
}

/* Sets the hardware when the first deadline has changed. */
static void follow_first(uint64_t before)
{
    if (first_deadline() != before)
        device_set(first_deadline());
}

int timer_set(struct timer *timer, uint64_t deadline)
{
    bool on = cpu_interrupts_disable();
    uint64_t before = first_deadline();
    int error;

    if (timer->place != 0)
        timer_queue_remove(&timer_queue, timer);
    timer->deadline = deadline;
    make_room();
    error = timer_queue_add(&timer_queue, timer);
    follow_first(before);
    cpu_interrupts_restore(on);
    return error;
}

bool timer_cancel(struct timer *timer)
{
    bool on = cpu_interrupts_disable();
    uint64_t before = first_deadline();
    bool was_set = timer->place != 0;

    if (was_set)
        timer_queue_remove(&timer_queue, timer);
    follow_first(before);
    cpu_interrupts_restore(on);
    return was_set;
}

static void wake(struct timer *timer)
{
    (void)timer; /* its interrupt is what ends the sleep */
}

//@quote [timer-sleep]
int timer_sleep_until(uint64_t deadline)
{
    struct timer timer = {.callback = wake};
    bool on = cpu_interrupts_disable();
    int error = timer_works ? timer_set(&timer, deadline) : ERROR_NOT_SUPPORTED;

    while (error == OK && timer.place != 0 && clock_now() < deadline)
        cpu_sleep();
    (void)timer_cancel(&timer);
    cpu_interrupts_restore(on);
    return error;
}
//@quote [timer-sleep]

size_t timer_list(const struct timer **timers, size_t max)
{
    bool on = cpu_interrupts_disable();
    size_t count = timer_queue.count;

    for (size_t i = 0; i < count && i < max; i++)
        timers[i] = timer_queue.timers[i];
    cpu_interrupts_restore(on);
    return count;
}

INIT_TEXT static int timer_init(void)
{
    /* With a clock that stands still no deadline would ever come. */
    int error = clock_now() == 0 ? ERROR_NOT_SUPPORTED : timer_device_start();

    if (error != OK) {
        log_warning("there is no timer: %s", error_text(error));
        return OK;
    }
    timer_works = true;
    return OK;
}
INIT_CALL(devices, timer_init);

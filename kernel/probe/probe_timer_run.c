/*
 * Probe timer_run.play: calls timers that are due, with a clock, hardware and queue of its own.
 *
 *   timer_run.play NOW STEP TIMERS...
 *
 * The clock says NOW at first and is STEP nanoseconds later after each reading. A timer is bytes:
 * struct told, then any number of struct told_action, what its callback does at each of its first
 * `plays` calls. timers[0] is the queue's earliest; the queue does without exercise 3.5.
 *
 * Facts: `returned` is the result; `left` how many timers the queue holds in the end; `events`,
 * bytes, what happened, a struct event each; `lost`, how many more there were.
 */
#include "lib/string.h"
#include "probe/probe.h"
#include "timer/timer.h"

enum { TIMERS_MAX = 64, ACTIONS_MAX = 8, EVENTS_MAX = 512, NOBODY = 0xff };

struct __attribute__((packed)) told {
    uint8_t plays;
    uint8_t is_set; /* before the function is called */
    uint64_t deadline;
    uint64_t duration; /* of its callback, in nanoseconds */
};

enum action { SET_AT = 0, SET_AFTER = 1, CANCEL = 2 };

struct __attribute__((packed)) told_action {
    uint8_t action;
    uint8_t timer;
    uint64_t time; /* a deadline, or nanoseconds from then on */
};

enum event_kind { NOW = 0, REMOVED = 1, CALLED = 2, SET = 3, CANCELLED = 4, HARDWARE = 5 };

struct __attribute__((packed)) event {
    uint8_t kind;
    uint8_t timer;  /* or NOBODY */
    uint64_t value; /* the reading; the place of a timer that is called; the deadline */
};

static struct played {
    struct timer timer;
    uint64_t duration;
    size_t plays;
    size_t action_count;
    struct told_action actions[ACTIONS_MAX];
} timers[TIMERS_MAX];

static size_t timer_count;
static struct timer *array[TIMERS_MAX];
static struct timer_queue queue;
static uint64_t now, step;
static struct event events[EVENTS_MAX];
static size_t event_count;

static void note(enum event_kind kind, uint8_t timer, uint64_t value)
{
    if (event_count < EVENTS_MAX)
        events[event_count] = (struct event){(uint8_t)kind, timer, value};
    event_count++;
}

static uint8_t number_of(const struct timer *timer)
{
    for (size_t i = 0; i < timer_count; i++) {
        if (timer == &timers[i].timer)
            return (uint8_t)i;
    }
    return NOBODY;
}

/* The queue's array, sorted: each timer before all that ring later. */
static void put_in(struct timer *timer, uint64_t deadline)
{
    size_t index = queue.count++;

    timer->deadline = deadline;
    timer->sequence = queue.next_sequence++;
    for (; index > 0 && timer_is_before(timer, array[index - 1]); index--) {
        array[index] = array[index - 1];
        array[index]->place = index + 1;
    }
    array[index] = timer;
    timer->place = index + 1;
}

static void take_out(struct timer *timer)
{
    size_t index = timer->place;

    for (; index < queue.count; index++) {
        array[index - 1] = array[index];
        array[index - 1]->place = index;
    }
    queue.count--;
    array[queue.count] = NULL;
    timer->place = 0;
}

static uint64_t read_now(void)
{
    uint64_t reading = now;

    now += step;
    note(NOW, NOBODY, reading);
    return reading;
}

static void set_hardware(uint64_t deadline)
{
    note(HARDWARE, NOBODY, deadline);
}

static void remove(struct timer_queue *which, struct timer *timer)
{
    uint8_t number = number_of(timer);

    note(REMOVED, number, which == &queue);
    if (which == &queue && number != NOBODY && timer->place != 0)
        take_out(timer);
}

static void act(const struct told_action *told)
{
    struct timer *timer = &timers[told->timer].timer;

    if (timer->place != 0)
        take_out(timer);
    if (told->action == CANCEL) {
        note(CANCELLED, told->timer, 0);
        return;
    }
    put_in(timer, told->action == SET_AT ? told->time : now + told->time);
    note(SET, told->timer, timer->deadline);
}

static void callback(struct timer *timer)
{
    uint8_t number = number_of(timer);

    note(CALLED, number, timer->place);
    if (number == NOBODY)
        return;
    struct played *played = &timers[number];
    now += played->duration;
    if (played->plays == 0)
        return;
    played->plays--;
    for (size_t i = 0; i < played->action_count; i++)
        act(&played->actions[i]);
}

/* Makes a timer of its description. @return whether that makes sense */
static bool read_timer(const struct probe_request *request, size_t index)
{
    struct played *played = &timers[index];
    struct told told;
    char *bytes;
    size_t size;

    if (!probe_bytes(request, (int)index + 2, &bytes, &size) || size < sizeof(told))
        return false;
    size_t rest = size - sizeof(told);
    if (rest > sizeof(played->actions) || rest % sizeof(played->actions[0]) != 0)
        return false;
    memcpy(&told, bytes, sizeof(told));
    memcpy(played->actions, bytes + sizeof(told), rest);
    played->action_count = rest / sizeof(played->actions[0]);
    played->duration = told.duration;
    played->plays = told.plays;
    for (size_t i = 0; i < played->action_count; i++) {
        if (played->actions[i].timer >= timer_count || played->actions[i].action > CANCEL)
            return false;
    }
    played->timer.callback = callback;
    if (told.is_set)
        put_in(&played->timer, told.deadline);
    return true;
}

static int run_play(struct probe_request *request)
{
    static const struct timer_hardware hardware = {read_now, set_hardware, remove};

    memset(timers, 0, sizeof(timers));
    queue = (struct timer_queue){array, 0, TIMERS_MAX, 0};
    event_count = 0;
    if (request->count < 2 || request->count > TIMERS_MAX + 2 || !probe_number(request, 0, &now) ||
        !probe_number(request, 1, &step))
        return ERROR_USAGE;
    timer_count = (size_t)request->count - 2;
    for (size_t i = 0; i < timer_count; i++) {
        if (!read_timer(request, i))
            return ERROR_USAGE;
    }
    size_t returned = timer_run(&queue, &hardware);
    size_t kept = event_count < EVENTS_MAX ? event_count : EVENTS_MAX;
    probe_fact(request, "returned", returned);
    probe_fact(request, "left", queue.count);
    probe_fact_bytes(request, "events", events, kept * sizeof(events[0]));
    probe_fact(request, "lost", event_count - kept);
    return OK;
}
PROBE(timer_run_play)
= {.name = "timer_run.play", .run = run_play};

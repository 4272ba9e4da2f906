/*
 * Probe magazine.trace: takes objects out of a pair of magazines and puts others in.
 *
 *   magazine.trace LOADED PREVIOUS FULL EMPTY MEMORY STEPS
 *
 * The magazines, the pair and the depot are the probe's own. LOADED and PREVIOUS tell how many
 * objects the pair's magazines have, or 255 for no magazine; FULL and EMPTY how many magazines the
 * depot has. Magazine 0 is the loaded one, 1 the previous one, then come the depot's full ones and
 * its empty ones. Objects have numbers: magazine m begins with m * MAGAZINE_ROUNDS + 1 and up. With
 * MEMORY 0 there is no memory for new magazines. STEPS are bytes, see enum step.
 *
 * Facts: `results`, a number for each step but STEP_LOOK, see add_result(); `state`, once for each
 * STEP_LOOK, 16-bit numbers as report_state() writes them; `touched`, how many bytes of the objects
 * and around everything were changed.
 */
#include "arch/cpu.h"
#include "frames/injection.h"
#include "heap/magazine.h"
#include "lib/string.h"
#include "probe/probe.h"

enum step {
    STEP_LOOK = 0, /* reports all there is to see */
    STEP_TAKE = 1, /* magazine_take() */
    STEP_GIVE = 2  /* + 2 bytes, an object's number: magazine_give() */
};

enum { MAGAZINES = 12, OBJECTS = 1024, OBJECT_BYTES = 16, GAP = 64, STEPS_MAX = 4096 };
enum { NO_MAGAZINE = 0xfe, STRANGE = 0xff, STRANGE_OBJECT = 0xffff };
enum { STATE_MAX = 4 * (MAGAZINES + 2) + MAGAZINES * (1 + MAGAZINE_ROUNDS) };

static const char mark = '\xa5';

static struct {
    char before[GAP];
    struct magazine_pair pair;
    char between[GAP];
    struct magazine_depot depot;
    char after[GAP];
} guarded;

static struct guarded_magazine {
    struct magazine magazine;
    char after[GAP];
} magazines[MAGAZINES];

static char objects[OBJECTS][OBJECT_BYTES];
static size_t magazine_count;
static uint64_t results[STEPS_MAX];
static size_t result_count;
static uint16_t state[STATE_MAX];
static size_t state_count;

static struct magazine *new_magazine(uint64_t rounds)
{
    struct magazine *magazine = &magazines[magazine_count].magazine;

    magazine->rounds = rounds;
    for (size_t i = 0; i < rounds; i++)
        magazine->objects[i] = objects[magazine_count * MAGAZINE_ROUNDS + i];
    magazine_count++;
    return magazine;
}

/* A magazine of the pair; NULL for 255, whose number is left out all the same. */
static struct magazine *paired_magazine(uint64_t rounds)
{
    if (rounds <= MAGAZINE_ROUNDS)
        return new_magazine(rounds);
    magazine_count++;
    return NULL;
}

/*
 * From now on there is no memory for a new magazine: frames are refused, and the magazines that
 * slabs still have are kept here.
 */
static void starve(void)
{
    static struct list kept = LIST(kept);
    static struct magazine_depot depot = {.lock = SPINLOCK("probe scratch depot")};
    struct magazine *magazine;

    list_init(&depot.full);
    list_init(&depot.empty);
    frames_fail_after(1);
    while ((magazine = depot_exchange_for_empty(&depot, NULL)) != NULL)
        list_add_first(&kept, &magazine->link);
}

static bool set_up(uint64_t loaded, uint64_t previous, uint64_t full, uint64_t empty)
{
    if (full > MAGAZINES || empty > MAGAZINES || 2 + full + empty > MAGAZINES)
        return false;
    memset(&guarded, mark, sizeof(guarded));
    memset(magazines, mark, sizeof(magazines));
    memset(objects, mark, sizeof(objects));
    magazine_count = 0;
    result_count = 0;
    guarded.pair.loaded = paired_magazine(loaded);
    guarded.pair.previous = paired_magazine(previous);
    guarded.depot.lock = (struct spinlock)SPINLOCK("probe depot");
    list_init(&guarded.depot.full);
    list_init(&guarded.depot.empty);
    for (uint64_t i = 0; i < full; i++)
        list_add_first(&guarded.depot.full, &new_magazine(MAGAZINE_ROUNDS)->link);
    for (uint64_t i = 0; i < empty; i++)
        list_add_first(&guarded.depot.empty, &new_magazine(0)->link);
    return true;
}

static unsigned number_of(const struct magazine *magazine)
{
    if (magazine == NULL)
        return NO_MAGAZINE;
    for (unsigned i = 0; i < magazine_count; i++) {
        if (magazine == &magazines[i].magazine)
            return i;
    }
    return STRANGE;
}

static uint16_t object_number(const char *object)
{
    uintptr_t distance = (uintptr_t)object - (uintptr_t)objects;

    if (object == NULL)
        return 0;
    if (distance >= sizeof(objects) || distance % OBJECT_BYTES != 0)
        return STRANGE_OBJECT;
    return (uint16_t)(distance / OBJECT_BYTES + 1);
}

/* Appends the magazines of a list in one direction; then NO_MAGAZINE, or STRANGE if it's broken. */
static unsigned walk(struct list *list, bool forwards)
{
    struct list_link *link = forwards ? list->head.next : list->head.previous;
    unsigned count = 0;

    while (link != &list->head && count <= MAGAZINES) {
        unsigned number = number_of(container_of(link, struct magazine, link));
        if (number == STRANGE)
            break;
        state[state_count++] = (uint16_t)number;
        count++;
        link = forwards ? link->next : link->previous;
    }
    state[state_count++] = link == &list->head ? NO_MAGAZINE : STRANGE;
    return count;
}

/*
 * The depot's full magazines from first to last, then from last to first; the same of its empty
 * ones; for each magazine how many objects it has, and up to MAGAZINE_ROUNDS of them.
 */
static void report_state(const struct probe_request *request)
{
    state_count = 0;
    walk(&guarded.depot.full, true);
    walk(&guarded.depot.full, false);
    walk(&guarded.depot.empty, true);
    walk(&guarded.depot.empty, false);
    for (size_t i = 0; i < magazine_count; i++) {
        const struct magazine *magazine = &magazines[i].magazine;
        state[state_count++] = (uint16_t)magazine->rounds;
        for (size_t j = 0; j < magazine->rounds && j < MAGAZINE_ROUNDS; j++)
            state[state_count++] = object_number(magazine->objects[j]);
    }
    probe_fact_bytes(request, "state", state, state_count * sizeof(state[0]));
}

/* Bits 0-15 the result, 16-23 the loaded magazine, 24-31 the previous one, then the depot's counts.
 */
static void add_result(uint16_t result)
{
    uint64_t loaded = number_of(guarded.pair.loaded);
    uint64_t previous = number_of(guarded.pair.previous);

    state_count = 0;
    uint64_t full = walk(&guarded.depot.full, true);
    uint64_t empty = walk(&guarded.depot.empty, true);
    results[result_count++] = result | loaded << 16 | previous << 24 | full << 32 | empty << 40;
}

static size_t touched_bytes(void)
{
    const char *bytes = &objects[0][0];
    size_t touched = 0;

    for (size_t i = 0; i < GAP; i++)
        touched +=
            (guarded.before[i] != mark) + (guarded.between[i] != mark) + (guarded.after[i] != mark);
    for (size_t i = 0; i < MAGAZINES; i++) {
        for (size_t j = 0; j < GAP; j++)
            touched += magazines[i].after[j] != mark;
    }
    for (size_t i = 0; i < sizeof(objects); i++)
        touched += bytes[i] != mark;
    return touched;
}

/* Runs the step at @p bytes. @return its length; 0 for a step that makes no sense */
static size_t run_step(const struct probe_request *request, const char *bytes, size_t left)
{
    uint16_t number;

    if (bytes[0] == STEP_LOOK) {
        report_state(request);
        return 1;
    }
    if (bytes[0] == STEP_TAKE) {
        add_result(object_number(magazine_take(&guarded.pair, &guarded.depot)));
        return 1;
    }
    if (bytes[0] != STEP_GIVE || left < 1 + sizeof(number))
        return 0;
    memcpy(&number, bytes + 1, sizeof(number));
    if (number == 0 || number > OBJECTS)
        return 0;
    add_result(magazine_give(&guarded.pair, &guarded.depot, objects[number - 1]));
    return 1 + sizeof(number);
}

static int run_steps(const struct probe_request *request, const char *steps, size_t size)
{
    bool on = cpu_interrupts_disable();
    size_t at = 0;

    while (at < size) {
        size_t length = run_step(request, steps + at, size - at);
        if (length == 0)
            break;
        at += length;
    }
    cpu_interrupts_restore(on);
    return at == size ? OK : ERROR_USAGE;
}

static int run_trace(struct probe_request *request)
{
    enum { LOADED, PREVIOUS, FULL, EMPTY, MEMORY, STEPS, WORDS };
    uint64_t numbers[STEPS];
    char *steps;
    size_t size;

    if (request->count != WORDS || !probe_bytes(request, STEPS, &steps, &size) || size > STEPS_MAX)
        return ERROR_USAGE;
    for (int i = 0; i < STEPS; i++) {
        if (!probe_number(request, i, &numbers[i]))
            return ERROR_USAGE;
    }
    if (!set_up(numbers[LOADED], numbers[PREVIOUS], numbers[FULL], numbers[EMPTY]))
        return ERROR_USAGE;
    if (numbers[MEMORY] == 0)
        starve();
    int result = run_steps(request, steps, size);
    frames_fail_after(UINT64_MAX);
    probe_fact_list(request, "results", results, result_count);
    probe_fact(request, "touched", touched_bytes());
    return result;
}
PROBE(magazine_trace)
= {.name = "magazine.trace", .run = run_trace};

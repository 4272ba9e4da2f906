/*
 * Probe slab.trace: adds slabs to a set, takes objects from it and gives them back.
 *
 *   slab.trace COUNT BYTES STEPS
 *
 * Slabs of COUNT objects of BYTES bytes each, in memory of the probe. STEPS are bytes, see enum
 * step; numbers in it are little-endian. Facts: `results`, a number for each step but STEP_LOOK;
 * `state`, once for each STEP_LOOK, 16-bit numbers as report_state() writes them; `touched`, how
 * many bytes of the objects and around everything were changed; `altered`, how many slabs have
 * another cache, place, size or count than they were given.
 */
#include "heap/heap.h"
#include "heap/slab.h"
#include "lib/string.h"
#include "probe/probe.h"

enum step {
    STEP_LOOK = 0,    /* reports all there is to see */
    STEP_ADD = 1,     /* + slab: slab_add() */
    STEP_TAKE = 2,    /* slab_take(); the result is slab << 32 | distance from its first object */
    STEP_GIVE = 3,    /* + slab, 8 bytes of distance from its first object: slab_give() */
    STEP_GIVE_RAW = 4 /* + slab, 8 bytes: slab_give() with that address; 1 means the slab's own */
};

enum { SLABS = 8, GAP = 64, ARENA = 128 * 1024, STEPS_MAX = 4096, LISTS = 3, STRANGE = 0xffff };
enum { HEADER = GAP + sizeof(struct slab) + SLAB_OBJECTS_MAX * sizeof(uint16_t) };
enum { STATE_MAX = 1 + 2 * LISTS * (SLABS + 2) + SLABS * (2 + SLAB_OBJECTS_MAX) };

static const uint64_t nothing = UINT64_MAX;       /* result of a take: NULL */
static const uint64_t elsewhere = UINT64_MAX - 1; /* in no slab's objects */

/* What an object holds, and what lies around everything: not to be changed. */
static char mark(size_t place)
{
    return (char)(place * 7 + 0xa5);
}

static struct {
    char before[GAP];
    struct slab_set set;
    char after[GAP];
} guarded;

static char headers[SLABS][HEADER] __attribute__((aligned(16)));
static char arena[ARENA] __attribute__((aligned(16)));
static struct object_cache cache;
static size_t object_count, object_bytes, arena_used;
static bool added[SLABS];
static uint64_t results[STEPS_MAX];
static size_t result_count;
static uint16_t state[STATE_MAX];
static size_t state_count;

static struct slab *slab_number(size_t number)
{
    return (struct slab *)(void *)(headers[number] + GAP);
}

/* The first slab lies highest, so that one slab's objects are before and after another's. */
static char *objects_of(size_t number)
{
    return arena + GAP + (SLABS - 1 - number) * (object_count * object_bytes + GAP);
}

static bool set_up(void)
{
    size_t each = object_count * object_bytes + GAP;

    if (object_count == 0 || object_count > SLAB_OBJECTS_MAX || object_bytes == 0 ||
        object_bytes > (ARENA - GAP) / SLABS / object_count || GAP + SLABS * each > ARENA)
        return false;
    arena_used = GAP + SLABS * each;
    for (size_t i = 0; i < arena_used; i++)
        arena[i] = mark(i);
    memset(&guarded, mark(0), sizeof(guarded));
    memset(headers, mark(0), sizeof(headers));
    for (size_t i = 0; i < SLABS; i++) {
        struct slab *slab = slab_number(i);
        slab->cache = &cache;
        slab->objects = objects_of(i);
        slab->object_bytes = (uint32_t)object_bytes;
        slab->count = (uint16_t)object_count;
    }
    list_init(&guarded.set.partial);
    list_init(&guarded.set.full);
    list_init(&guarded.set.empty);
    guarded.set.empty_count = 0;
    memset(added, 0, sizeof(added));
    result_count = 0;
    return true;
}

static uint64_t place_of(const char *object)
{
    if (object == NULL)
        return nothing;
    for (size_t i = 0; i < SLABS; i++) {
        uint64_t distance = (uintptr_t)object - (uintptr_t)objects_of(i);
        if (distance < object_count * object_bytes)
            return i << 32 | distance;
    }
    return elsewhere;
}

/* The number of the slab whose link this is; SLABS for the list's head; STRANGE for nobody's. */
static uint16_t link_owner(const struct list *list, const struct list_link *link)
{
    if (link == &list->head)
        return SLABS;
    for (size_t i = 0; i < SLABS; i++) {
        if (link == &slab_number(i)->link)
            return (uint16_t)i;
    }
    return STRANGE;
}

/* Appends the slabs in a list in one direction, up to the head (SLABS) or what is STRANGE. */
static void walk(const struct list *list, bool forwards)
{
    const struct list_link *link = forwards ? list->head.next : list->head.previous;
    uint16_t owner = 0;

    for (size_t i = 0; i <= SLABS && owner < SLABS; i++) {
        owner = link_owner(list, link);
        state[state_count++] = owner;
        if (owner < SLABS)
            link = forwards ? link->next : link->previous;
    }
    if (owner < SLABS)
        state[state_count++] = STRANGE;
}

/*
 * empty_count; for each list (partial, full, empty) its slabs from first to last, then from last to
 * first; for each slab that was added used, first_free and next[].
 */
static void report_state(const struct probe_request *request)
{
    const struct slab_set *set = &guarded.set;
    const struct list *lists[LISTS] = {&set->partial, &set->full, &set->empty};

    state_count = 0;
    state[state_count++] = (uint16_t)set->empty_count;
    for (size_t i = 0; i < LISTS; i++) {
        walk(lists[i], true);
        walk(lists[i], false);
    }
    for (size_t i = 0; i < SLABS; i++) {
        const struct slab *slab = slab_number(i);
        if (!added[i])
            continue;
        state[state_count++] = slab->used;
        state[state_count++] = slab->first_free;
        for (size_t j = 0; j < object_count; j++)
            state[state_count++] = slab->next[j];
    }
    probe_fact_bytes(request, "state", state, state_count * sizeof(state[0]));
}

static size_t touched_bytes(void)
{
    size_t header_bytes = sizeof(struct slab) + object_count * sizeof(uint16_t);
    size_t touched = 0;

    for (size_t i = 0; i < arena_used; i++)
        touched += arena[i] != mark(i);
    for (size_t i = 0; i < GAP; i++)
        touched += (guarded.before[i] != mark(0)) + (guarded.after[i] != mark(0));
    for (size_t i = 0; i < SLABS; i++) {
        for (size_t j = 0; j < HEADER; j++)
            touched += (j < GAP || j >= GAP + header_bytes) && headers[i][j] != mark(0);
    }
    return touched;
}

static size_t altered_slabs(void)
{
    size_t altered = 0;

    for (size_t i = 0; i < SLABS; i++) {
        const struct slab *slab = slab_number(i);
        altered += slab->cache != &cache || slab->objects != objects_of(i) ||
                   slab->object_bytes != object_bytes || slab->count != object_count;
    }
    return altered;
}

/* Gives an object back; its address stands in the next 8 bytes. */
static uint64_t give(struct slab *slab, const char *bytes, bool raw)
{
    uintptr_t address;

    memcpy(&address, bytes, sizeof(address));
    if (!raw)
        address += (uintptr_t)slab->objects;
    else if (address == 1)
        address = (uintptr_t)slab;
    return (uint64_t)(int64_t)slab_give(&guarded.set, slab, (void *)address);
}

/* Runs the step at @p bytes. @return its length; 0 for a step that makes no sense */
static size_t run_step(const struct probe_request *request, const char *bytes, size_t left)
{
    size_t number = left > 1 ? (unsigned char)bytes[1] : SLABS;

    if (bytes[0] == STEP_LOOK) {
        report_state(request);
        return 1;
    }
    if (bytes[0] == STEP_TAKE) {
        results[result_count++] = place_of(slab_take(&guarded.set));
        return 1;
    }
    if (number >= SLABS)
        return 0;
    if (bytes[0] == STEP_ADD) {
        slab_add(&guarded.set, slab_number(number));
        added[number] = true;
        results[result_count++] = OK;
        return 2;
    }
    if ((bytes[0] != STEP_GIVE && bytes[0] != STEP_GIVE_RAW) || left < 2 + sizeof(uintptr_t))
        return 0;
    results[result_count++] = give(slab_number(number), bytes + 2, bytes[0] == STEP_GIVE_RAW);
    return 2 + sizeof(uintptr_t);
}

static int run_trace(struct probe_request *request)
{
    uint64_t count, bytes;
    char *steps;
    size_t size;

    if (request->count != 3 || !probe_number(request, 0, &count) ||
        !probe_number(request, 1, &bytes) || !probe_bytes(request, 2, &steps, &size))
        return ERROR_USAGE;
    object_count = count;
    object_bytes = bytes;
    if (size > STEPS_MAX || !set_up())
        return ERROR_USAGE;
    for (size_t at = 0; at < size;) {
        size_t length = run_step(request, steps + at, size - at);
        if (length == 0)
            return ERROR_USAGE;
        at += length;
    }
    probe_fact_list(request, "results", results, result_count);
    probe_fact(request, "touched", touched_bytes());
    probe_fact(request, "altered", altered_slabs());
    return OK;
}
PROBE(slab_trace)
= {.name = "slab.trace", .run = run_trace};

/*
 * Probe frame_cache.run: what a stack of frames and its source say to each other.
 *
 *   frame_cache.run HELD GRANTS STEPS
 *
 * The stack holds HELD frames at first: PAGE_SIZE, 2 * PAGE_SIZE... from the oldest on. GRANTS is a
 * byte for each request to the source: how many frames it gives at most; after the last byte, none.
 * STEPS is a byte for each step: 0 takes a frame, 1 puts one in. Frames that come from the source
 * begin at SOURCE, and those that are put in at PUT.
 *
 * Facts: `log`, what happened in order, each entry a word and its numbers:
 *   0 frame          a frame was put in
 *   1 result frame   a frame was taken; or UNTOUCHED, what stood there before
 *   2 asked given    the source was asked for frames
 *   3 count frame... the source got frames back
 * `count`, `held`: what the stack holds in the end; `overruns`, how many words around it changed.
 */
#include "frames/frame_cache.h"
#include "lib/util.h"
#include "probe/probe.h"

enum { STEP_TAKE, STEP_PUT };
enum { LOG_PUT, LOG_TAKEN, LOG_ASKED, LOG_RETURNED };
enum { LOG_MAX = 16384, RETURNED_MAX = 2 * FRAME_CACHE_ROOM, MARKS = 64 };

#define SOURCE    (UINT64_C(1) << 32)
#define PUT       (UINT64_C(1) << 40)
#define UNTOUCHED UINT64_C(0x5a5a5a5a5a5a5a5a)

static struct {
    uint64_t before[MARKS];
    struct frame_cache cache;
    uint64_t after[MARKS];
} place;

static uint64_t entries[LOG_MAX];
static size_t entry_count;
static uint64_t next_source, next_put;
static const char *grants;
static size_t grants_left;

static void note(uint64_t number)
{
    if (entry_count < LOG_MAX)
        entries[entry_count++] = number;
}

static size_t source_take(uint64_t *frames, size_t count)
{
    size_t given = 0;

    if (grants_left > 0) {
        given = (unsigned char)*grants++;
        grants_left--;
    }
    if (given > count)
        given = count;
    if (given > FRAME_CACHE_ROOM)
        given = FRAME_CACHE_ROOM;
    for (size_t i = 0; i < given; i++, next_source += PAGE_SIZE)
        frames[i] = next_source;
    note(LOG_ASKED);
    note(count);
    note(given);
    return given;
}

static void source_give(const uint64_t *frames, size_t count)
{
    note(LOG_RETURNED);
    note(count);
    for (size_t i = 0; i < count && i < RETURNED_MAX; i++)
        note(frames[i]);
}

static const struct frame_source source = {.take = source_take, .give = source_give};

static void prepare(size_t held)
{
    for (size_t i = 0; i < MARKS; i++)
        place.before[i] = place.after[i] = UNTOUCHED;
    place.cache.source = &source;
    place.cache.count = held;
    for (size_t i = 0; i < FRAME_CACHE_ROOM; i++)
        place.cache.frames[i] = i < held ? (i + 1) * PAGE_SIZE : UNTOUCHED;
    entry_count = 0;
    next_source = SOURCE;
    next_put = PUT;
}

static void take(void)
{
    uint64_t frame = UNTOUCHED;
    int result = frame_cache_take(&place.cache, &frame);

    note(LOG_TAKEN);
    note((uint64_t)result);
    note(frame);
}

static void put(void)
{
    note(LOG_PUT);
    note(next_put);
    frame_cache_give(&place.cache, next_put);
    next_put += PAGE_SIZE;
}

static void report(const struct probe_request *request)
{
    size_t count = place.cache.count;
    size_t overruns = place.cache.source != &source;

    for (size_t i = 0; i < MARKS; i++)
        overruns += (place.before[i] != UNTOUCHED) + (place.after[i] != UNTOUCHED);
    probe_fact_list(request, "log", entries, entry_count);
    probe_fact(request, "count", count);
    probe_fact_list(request, "held", place.cache.frames,
                    count < FRAME_CACHE_ROOM ? count : FRAME_CACHE_ROOM);
    probe_fact(request, "overruns", overruns);
}

static int run_steps(struct probe_request *request)
{
    uint64_t held;
    char *steps, *granted;
    size_t count;

    if (request->count != 3 || !probe_number(request, 0, &held) || held > FRAME_CACHE_ROOM ||
        !probe_bytes(request, 1, &granted, &grants_left) ||
        !probe_bytes(request, 2, &steps, &count))
        return ERROR_USAGE;
    grants = granted;
    prepare(held);
    for (size_t i = 0; i < count; i++) {
        if (steps[i] == STEP_TAKE)
            take();
        else
            put();
        if (place.cache.count > FRAME_CACHE_ROOM)
            break; /* From here on, nothing that it does can be told from chance. */
    }
    report(request);
    return OK;
}
PROBE(frame_cache_run)
= {.name = "frame_cache.run", .run = run_steps};

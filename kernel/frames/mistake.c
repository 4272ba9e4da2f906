/*
 * Finding and reporting callers' mistakes. Slow and thorough: whoever is right seldom comes here.
 */
#include "frames/mistake.h"

#include "caller/caller.h"
#include "log/log.h"

static uint64_t mistakes;

static const char text_free[] = "it is free already";
static const char text_middle[] = "it is in the middle of an allocation";
static const char text_count[] = "it was allocated with another count";
static const char text_foreign[] = "it is no memory of the frame allocator";

/* A chunk inside of a block: the block's first one, which lies somewhere before it, tells more. */
static const char *wrong_inside(struct zone *zone, uint64_t chunk) REQUIRES(zone->lock)
{
    uint64_t head = chunk;

    while (head > 0 && zone->table.states[head] == CHUNK_INSIDE)
        head--;
    if (zone->table.states[head] == CHUNK_BLOCK &&
        chunk - head < (zone->chunks[head].block_frames + CHUNK_FRAMES - 1) / CHUNK_FRAMES)
        return text_middle;
    return text_free;
}

static const char *wrong_block(struct zone *zone, uint64_t physical, uint64_t count)
    REQUIRES(zone->lock)
{
    uint64_t frames = zone->chunks[zone_chunk(zone, physical)].block_frames;

    if (chunk_frame(physical) != 0)
        return text_middle;
    return count == ANY_COUNT || count == frames ? NULL : text_count;
}

static const char *wrong_run(struct zone *zone, uint64_t physical, uint64_t count)
{
    const struct frame *frame = zone_frame(zone, physical);

    if (frame->owner == FRAME_RESERVED)
        return text_foreign;
    if (frame->owner == FRAME_FREE)
        return text_free;
    if (frame->count == 0)
        return text_middle;
    return count == ANY_COUNT || count == frame->count ? NULL : text_count;
}

//@quote [frames-wrong]
const char *frames_wrong(struct zone *zone, uint64_t physical, uint64_t count)
{
    uint64_t chunk = zone_chunk(zone, physical);

    if (physical % PAGE_SIZE != 0)
        return "it is not the address of a frame";
    switch (zone->table.states[chunk]) {
    case CHUNK_HOLE:
        return text_foreign;
    case CHUNK_SPLIT:
        return wrong_run(zone, physical, count);
    case CHUNK_BLOCK:
        return wrong_block(zone, physical, count);
    case CHUNK_INSIDE:
        return wrong_inside(zone, chunk);
    default:
        return text_free;
    }
}
//@quote [frames-wrong]

void frames_report(const char *function, const char *wrong, uint64_t physical, uint64_t count,
                   uintptr_t frame)
{
    /* Relaxed: a number for people and tests. */
    __atomic_fetch_add(&mistakes, 1, __ATOMIC_RELAXED);
    log_error("%s(%#llx, count %llu): %s; nothing was done", function, (unsigned long long)physical,
              (unsigned long long)count, wrong != NULL ? wrong : text_foreign);
    caller_log(caller_of(frame));
}

uint64_t frames_mistakes(void)
{
    return __atomic_load_n(&mistakes, __ATOMIC_RELAXED);
}

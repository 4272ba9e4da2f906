/*
 * Finding and reporting callers' mistakes. Slow and thorough: whoever is right seldom comes here.
 */
#include "frames/zone.h"

#include "caller/caller.h"
#include "log/log.h"

static uint64_t mistakes;

static const char text_free[] = "it is free already";
static const char text_foreign[] = "it is no memory of the frame allocator";

/* Whether a chunk inside of a block is in use: the block's first one, somewhere before it, tells.
 */
static bool is_in_block(struct zone *zone, uint64_t chunk) REQUIRES(zone->lock)
{
    uint64_t head = chunk;

    while (head > 0 && zone->table.states[head] == CHUNK_INSIDE)
        head--;
    return zone->table.states[head] == CHUNK_BLOCK &&
           chunk - head < (zone->chunks[head].block_frames + CHUNK_FRAMES - 1) / CHUNK_FRAMES;
}

//@quote [frames-wrong]
/* What is wrong with a call that says that count frames from physical on are in use, or NULL. */
static const char *wrong_with(struct zone *zone, uint64_t physical, uint64_t count)
    REQUIRES(zone->lock)
{
    uint64_t chunk = zone_chunk(zone, physical);
    uint64_t allocated = 0; /* together, from there on */

    if (physical % PAGE_SIZE != 0)
        return "it is not the address of a frame";
    if (zone_is_reserved(zone, physical))
        return text_foreign;
    switch (zone->table.states[chunk]) {
    case CHUNK_SPLIT:
        if (zone_frame(zone, physical)->owner == FRAME_FREE)
            return text_free;
        allocated = zone_frame(zone, physical)->count;
        break;
    case CHUNK_BLOCK:
        allocated = chunk_frame(physical) == 0 ? zone->chunks[chunk].block_frames : 0;
        break;
    default:
        if (!is_in_block(zone, chunk))
            return text_free;
    }
    if (allocated == 0)
        return "it is in the middle of an allocation";
    return count == ANY_COUNT || count == allocated ? NULL : "it was allocated with another count";
}
//@quote [frames-wrong]

/* The analysis knows no function that locks only sometimes. */
struct zone *frames_lock_allocation(const char *function, uint64_t physical, uint64_t count,
                                    uintptr_t caller) NO_LOCK_ANALYSIS
{
    struct zone *zone = zone_find(physical);
    const char *wrong = text_foreign;

    if (zone != NULL) {
        spinlock_acquire(&zone->lock);
        wrong = wrong_with(zone, physical, count);
        if (wrong == NULL)
            return zone;
        spinlock_release(&zone->lock);
    }
    frames_report(function, wrong, physical, count != ANY_COUNT ? count : 1, caller);
    return NULL;
}

void frames_report(const char *function, const char *wrong, uint64_t physical, uint64_t count,
                   uintptr_t frame)
{
    /* Relaxed: a number for people and tests. */
    __atomic_fetch_add(&mistakes, 1, __ATOMIC_RELAXED);
    log_error("%s(%#llx, count %llu): %s; nothing was done", function, (unsigned long long)physical,
              (unsigned long long)count, wrong);
    caller_log(caller_of(frame));
}

uint64_t frames_mistakes(void)
{
    return __atomic_load_n(&mistakes, __ATOMIC_RELAXED);
}

/*
 * Frames and runs of frames, which never cross a chunk.
 *
 * Chunks are tried from the shortest sufficient run on, so that long runs are kept for those who
 * need them; only then is a new chunk split.
 */
#include "cairn/error.h"
#include "frames/zone.h"

/* How many chunks are looked into that may have no room, before a new one is split. */
enum { TRIES = 8 };

/* Splits a chunk, of which all is free then. chunk_settle() must follow. */
static int empty_chunk(struct zone *zone, uint64_t *chunk) REQUIRES(zone->lock)
{
    int error = zone_take_chunks(zone, 0, chunk);

    if (error != OK)
        return error;
    chunk_split(zone, *chunk);
    chunk_mark(zone, *chunk, 0, CHUNK_FRAMES, true);
    return OK;
}

/* The split chunk that single frames are best taken from; NO_CHUNK when all are full. */
static uint64_t most_used_chunk(struct zone *zone) REQUIRES(zone->lock)
{
    for (unsigned list = 0; list < RUN_LISTS; list++) {
        if (!list_is_empty(&zone->partial[list]))
            return (uint64_t)(zone->partial[list].head.next - zone->buddy.links);
    }
    return NO_CHUNK;
}

size_t zone_take_frames(struct zone *zone, uint64_t *frames, size_t count)
{
    size_t taken = 0;

    spinlock_acquire(&zone->lock);
    while (taken < count) {
        uint64_t chunk = most_used_chunk(zone);
        if (chunk == NO_CHUNK && empty_chunk(zone, &chunk) != OK)
            break;
        taken += chunk_take_frames(zone, chunk, frames + taken, count - taken);
        chunk_settle(zone, chunk);
    }
    spinlock_release(&zone->lock);
    return taken;
}

size_t zone_give_frames(struct zone *zone, const uint64_t *frames, size_t count)
{
    size_t i = 0;

    spinlock_acquire(&zone->lock);
    while (i < count && zone_chunk(zone, frames[i]) < zone->count) {
        uint64_t chunk = zone_chunk(zone, frames[i]);
        if (zone->table.states[chunk] != CHUNK_SPLIT) {
            frames_distrust("frame_cache_give", frames[i++]);
            continue;
        }
        i += chunk_give_frames(zone, chunk, frames + i, count - i);
        chunk_settle(zone, chunk);
    }
    spinlock_release(&zone->lock);
    return i;
}

/* Takes a run of one chunk; ERROR_NO_MEMORY when it has no room for it. */
static int take_from_chunk(struct zone *zone, uint64_t chunk, size_t count, size_t alignment,
                           uint64_t *physical) REQUIRES(zone->lock)
{
    size_t first = chunk_find_run(zone->chunks[chunk].free, count, alignment);

    if (first == CHUNK_NO_RUN)
        return ERROR_NO_MEMORY;
    if (first + count > CHUNK_FRAMES || first % alignment != 0 ||
        !chunk_mark(zone, chunk, first, count, false))
        return frames_distrust("chunk_find_run", first);
    chunk_settle(zone, chunk);
    *physical = zone_address(zone, chunk, first);
    return OK;
}

/* Looks into at most `tries` split chunks that are long enough. */
static int take_from_split(struct zone *zone, size_t count, size_t alignment, size_t tries,
                           uint64_t *physical) REQUIRES(zone->lock)
{
    unsigned list = 63 - (unsigned)__builtin_clzll(count);

    for (; list < RUN_LISTS; list++) {
        const struct list_link *head = &zone->partial[list].head;
        for (const struct list_link *link = head->next; link != head; link = link->next) {
            uint64_t chunk = (uint64_t)(link - zone->buddy.links);
            if (tries-- == 0)
                return ERROR_NO_MEMORY;
            if (zone->chunks[chunk].longest >= count &&
                take_from_chunk(zone, chunk, count, alignment, physical) == OK)
                return OK;
        }
    }
    return ERROR_NO_MEMORY;
}

int zone_take_run(struct zone *zone, size_t count, size_t alignment, uint64_t *physical)
{
    uint64_t chunk;

    if (take_from_split(zone, count, alignment, TRIES, physical) == OK)
        return OK;
    if (empty_chunk(zone, &chunk) == OK) {
        int error = take_from_chunk(zone, chunk, count, alignment, physical);
        if (error != OK)
            chunk_settle(zone, chunk);
        return error;
    }
    return take_from_split(zone, count, alignment, SIZE_MAX, physical);
}

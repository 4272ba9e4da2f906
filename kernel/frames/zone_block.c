/*
 * Whole chunks, from and to the buddy system.
 */
#include "cairn/error.h"
#include "frames/zone.h"

/* The largest order of a block that begins at chunk number, and has at most count chunks. */
static unsigned fitting_order(uint64_t number, uint64_t count)
{
    /* By far the most frequent case, without counting bits, which not every processor can. */
    if (count == 1 || number % 2 != 0)
        return 0;
    unsigned by_count = 63 - (unsigned)__builtin_clzll(count);
    unsigned by_number = number == 0 ? BUDDY_ORDERS : (unsigned)__builtin_ctzll(number);
    unsigned order = by_count < by_number ? by_count : by_number;

    return order < BUDDY_ORDERS ? order : BUDDY_ORDERS - 1;
}

int zone_take_chunks(struct zone *zone, unsigned order, uint64_t *chunk)
{
    uint64_t size = UINT64_C(1) << order;
    uint64_t number = 0;

    if (order == 0 && zone->spare != NO_CHUNK) {
        *chunk = zone->spare;
        zone->spare = NO_CHUNK;
        return OK;
    }
    int error = buddy_take(&zone->buddy, order, &number);
    if (error != OK)
        return error;
    if (number % size != 0 || !range_within(number - zone->first, size, zone->count) ||
        zone->table.states[number - zone->first] != CHUNK_INSIDE)
        return frames_distrust("buddy_take", number);
    *chunk = number - zone->first;
    return OK;
}

void zone_cut_blocks(struct zone *zone, uint64_t chunk, uint64_t count,
                     void (*give)(struct buddy *buddy, uint64_t number, unsigned order))
{
    uint64_t number = zone->first + chunk;

    while (count > 0) {
        unsigned order = fitting_order(number, count);
        give(&zone->buddy, number, order);
        number += UINT64_C(1) << order;
        count -= UINT64_C(1) << order;
    }
}

void zone_give_chunks(struct zone *zone, uint64_t chunk, uint64_t count)
{
    if (count == 1 && zone->spare == NO_CHUNK)
        zone->spare = chunk;
    else
        zone_cut_blocks(zone, chunk, count, buddy_give);
}

static uint64_t chunks_of(uint64_t frames)
{
    return frames / CHUNK_FRAMES + (frames % CHUNK_FRAMES != 0);
}

int zone_take_block(struct zone *zone, uint64_t frames, uint64_t alignment, uint64_t *physical)
{
    uint64_t count = chunks_of(frames);
    uint64_t least = count > alignment ? count : alignment;
    unsigned order = least <= 1 ? 0 : 64 - (unsigned)__builtin_clzll(least - 1);
    uint64_t chunk;

    if (order >= BUDDY_ORDERS)
        return ERROR_NO_MEMORY;
    int error = zone_take_chunks(zone, order, &chunk);
    if (error != OK)
        return error;
    /* The block was taken for its size or its alignment; what is too much goes back. */
    zone_give_chunks(zone, chunk + count, (UINT64_C(1) << order) - count);
    if (frames < CHUNK_FRAMES) {
        chunk_split(zone, chunk);
        chunk_mark(zone, chunk, frames, CHUNK_FRAMES - frames, true);
        chunk_settle(zone, chunk);
    } else {
        zone->table.states[chunk] = CHUNK_BLOCK;
        zone->chunks[chunk].block_frames = frames;
    }
    *physical = zone_address(zone, chunk, 0);
    return OK;
}

void zone_give_block(struct zone *zone, uint64_t chunk)
{
    uint64_t count = chunks_of(zone->chunks[chunk].block_frames);

    zone->table.states[chunk] = CHUNK_INSIDE;
    zone_give_chunks(zone, chunk, count);
}

void zone_drain(struct zone *zone)
{
    spinlock_acquire(&zone->lock);
    if (zone->spare != NO_CHUNK) {
        buddy_give(&zone->buddy, zone->first + zone->spare, 0);
        zone->spare = NO_CHUNK;
    }
    spinlock_release(&zone->lock);
}

/*
 * How memory is used.
 */
#include "boot/boot.h"
#include "cairn/error.h"
#include "frames/frame_stack.h"
#include "frames/report.h"

_Static_assert(ARRAY_COUNT(((struct frame_statistics *)0)->free_blocks) >= BUDDY_ORDERS,
               "every order has a place");

/*
 * The frames in use are counted by looking at each of them, so that nobody has to keep accounts
 * when frames come and go.
 */
static void add_chunk(struct zone *zone, uint64_t chunk, struct frame_statistics *sum)
    REQUIRES(zone->lock)
{
    const struct frame *frame = &zone->table.frames[chunk * CHUNK_FRAMES];
    const struct chunk *entry = &zone->chunks[chunk];
    uint8_t state = zone->table.states[chunk];

    if ((state & BUDDY_FREE) != 0) /* of which the remainder is the order */
        sum->free_blocks[state % ARRAY_COUNT(sum->free_blocks)]++;
    if (state == CHUNK_BLOCK && frame->owner < FRAME_OWNERS)
        sum->owned[frame->owner] += align_up(entry->block_frames, CHUNK_FRAMES);
    if (state != CHUNK_SPLIT)
        return;
    sum->partial_chunks += entry->free_count != 0 && entry->free_count < entry->usable;
    for (size_t i = 0; i < CHUNK_FRAMES; i++) {
        if (frame[i].owner != FRAME_FREE && frame[i].owner < FRAME_OWNERS)
            sum->owned[frame[i].owner]++;
    }
}

void zone_add_up(struct zone *zone, struct frame_statistics *sum)
{
    sum->usable += zone->usable;
    sum->metadata += zone->metadata;
    sum->cached += frame_stacks_count(&zone->table);
    spinlock_acquire(&zone->lock);
    sum->free += zone->split_free + zone->buddy.free_chunks * CHUNK_FRAMES;
    sum->free += zone->spare != NO_CHUNK ? CHUNK_FRAMES : 0;
    spinlock_release(&zone->lock);
    /* The lock is given up between chunks. */
    for (uint64_t chunk = 0; chunk < zone->count; chunk++) {
        uint8_t state = zone->table.states[chunk];
        if (state == CHUNK_INSIDE || state == CHUNK_HOLE)
            continue;
        spinlock_acquire(&zone->lock);
        add_chunk(zone, chunk, sum);
        spinlock_release(&zone->lock);
    }
}

uint64_t frames_usable(void)
{
    uint64_t usable = 0;

    for (size_t i = 0; i < zone_count; i++)
        usable += zones[i].usable;
    return usable;
}

int frames_count(unsigned node, struct frame_statistics *statistics)
{
    if (node >= boot_info.node_count)
        return ERROR_NOT_FOUND;
    *statistics = (struct frame_statistics){0};
    for (size_t i = 0; i < zone_count; i++) {
        if (zones[i].node == node)
            zone_add_up(&zones[i], statistics);
    }
    return OK;
}

uint64_t zone_chunks_alike(struct zone *zone, uint64_t chunk, uint32_t *usable, uint32_t *free)
{
    spinlock_acquire(&zone->lock);
    uint8_t state = zone->table.states[chunk];
    *usable = state == CHUNK_HOLE ? 0 : CHUNK_FRAMES;
    *free = (state & BUDDY_FREE) != 0 || chunk == zone->spare ? CHUNK_FRAMES : 0;
    if (state == CHUNK_SPLIT) {
        *usable = zone->chunks[chunk].usable;
        *free = zone->chunks[chunk].free_count;
    }
    spinlock_release(&zone->lock);
    return (state & BUDDY_FREE) != 0 ? UINT64_C(1) << (state & ~BUDDY_FREE) : 1;
}

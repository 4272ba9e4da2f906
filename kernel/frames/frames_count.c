/*
 * How memory is used.
 */
#include "boot/boot.h"
#include "cairn/error.h"
#include "frames/frame_stack.h"
#include "frames/report.h"

_Static_assert(ARRAY_COUNT(((struct frame_statistics *)0)->free_blocks) >= BUDDY_ORDERS,
               "every order has a place");

static size_t list_length(const struct list *list)
{
    size_t length = 0;

    for (const struct list_link *link = list->head.next; link != &list->head; link = link->next)
        length++;
    return length;
}

static void add_zone(struct zone *zone, struct frame_statistics *sum)
{
    spinlock_acquire(&zone->lock);
    sum->usable += zone->usable;
    sum->metadata += zone->metadata;
    sum->free += zone->split_free + zone->buddy.free_chunks * CHUNK_FRAMES;
    sum->free += zone->spare != NO_CHUNK ? CHUNK_FRAMES : 0;
    for (unsigned order = 0; order < BUDDY_ORDERS; order++)
        sum->free_blocks[order] += list_length(&zone->buddy.free[order]);
    sum->partial_chunks += zone->partial_chunks;
    spinlock_release(&zone->lock);
}

/* The frames of [first, end) in all processors' stacks, which may change while they are read. */
static uint64_t cached_between(uint64_t first, uint64_t end)
{
    uint64_t cached = 0;

    for (struct frame_stack *stack = frame_stack_first(); stack != NULL; stack = stack->next) {
        for (size_t i = 0; i < stack->cache.count && i < FRAME_CACHE_ROOM; i++)
            cached += stack->cache.frames[i] >= first && stack->cache.frames[i] < end;
    }
    return cached;
}

static uint64_t cached_in(const struct zone *zone)
{
    return cached_between(zone_address(zone, 0, 0), zone_address(zone, zone->count, 0));
}

/*
 * Counts the frames in use by looking at each of them, so that nobody has to keep accounts when
 * frames come and go. The lock is given up between chunks.
 */
static void add_owners(struct zone *zone, struct frame_statistics *sum)
{
    for (uint64_t chunk = 0; chunk < zone->count; chunk++) {
        const struct frame *frame = &zone->table.frames[chunk * CHUNK_FRAMES];
        uint8_t state = zone->table.states[chunk];
        if (state != CHUNK_SPLIT && state != CHUNK_BLOCK)
            continue;
        spinlock_acquire(&zone->lock);
        if (zone->table.states[chunk] == CHUNK_BLOCK && frame->owner < FRAME_OWNERS)
            sum->owned[frame->owner] += align_up(zone->chunks[chunk].block_frames, CHUNK_FRAMES);
        for (size_t i = 0; zone->table.states[chunk] == CHUNK_SPLIT && i < CHUNK_FRAMES; i++) {
            if (frame[i].owner != FRAME_FREE && frame[i].owner < FRAME_OWNERS)
                sum->owned[frame[i].owner]++;
        }
        spinlock_release(&zone->lock);
    }
}

int frames_count(unsigned node, struct frame_statistics *statistics)
{
    if (node >= boot_info.node_count)
        return ERROR_NOT_FOUND;
    *statistics = (struct frame_statistics){0};
    for (struct zone *zone = zone_first(node); zone != NULL; zone = zone->next) {
        add_zone(zone, statistics);
        statistics->cached += cached_in(zone);
        add_owners(zone, statistics);
    }
    return OK;
}

int frames_zone_report(size_t index, struct zone_report *report)
{
    if (index >= zone_count)
        return ERROR_NOT_FOUND;
    struct zone *zone = &zones[index];
    *report = (struct zone_report){
        .base = zone_address(zone, 0, 0), .chunks = zone->count, .node = zone->node};
    add_zone(zone, &report->statistics);
    report->statistics.cached = cached_in(zone);
    return OK;
}

int frames_chunks_report(size_t index, uint64_t chunk, struct chunks_report *report)
{
    if (index >= zone_count || chunk >= zones[index].count)
        return ERROR_NOT_FOUND;
    struct zone *zone = &zones[index];
    *report = (struct chunks_report){.chunks = 1, .usable = CHUNK_FRAMES};
    spinlock_acquire(&zone->lock);
    uint8_t state = zone->table.states[chunk];
    if ((state & BUDDY_FREE) != 0) {
        report->chunks = UINT64_C(1) << (state & ~BUDDY_FREE);
        report->free = CHUNK_FRAMES;
    } else if (chunk == zone->spare) {
        report->free = CHUNK_FRAMES;
    } else if (state == CHUNK_SPLIT) {
        report->usable = zone->chunks[chunk].usable;
        report->free = zone->chunks[chunk].free_count;
    } else if (state == CHUNK_HOLE) {
        report->usable = 0;
    }
    spinlock_release(&zone->lock);
    return OK;
}

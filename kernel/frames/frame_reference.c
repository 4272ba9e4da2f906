/*
 * Frames' metadata and references. Single frames, which nearly all are, are found without a lock.
 */
#include "arch/stack.h"
#include "frames/frame_stack.h"
#include "frames/zone.h"

/* frame_at() for what is no single frame, or of another zone than the last one. */
static __attribute__((noinline, cold)) struct frame *frame_at_slowly(uint64_t physical)
{
    struct zone *zone = zone_find(physical);

    if (zone == NULL || physical % PAGE_SIZE != 0 || zone_is_reserved(zone, physical))
        return NULL;
    uint64_t chunk = zone_chunk(zone, physical);
    if (zone->table.states[chunk] != CHUNK_SPLIT) {
        /* Inside of a block, or never used: nothing may be written there yet. */
        spinlock_acquire(&zone->lock);
        chunk_know(zone, chunk);
        spinlock_release(&zone->lock);
    }
    return zone_frame(zone, physical);
}

struct frame *frame_at(uint64_t physical)
{
    struct frame *frame = frame_find_single(physical);

    return frame != NULL ? frame : frame_at_slowly(physical);
}

/* The frame that speaks for an allocation; NULL, after a report, when there is none. */
static __attribute__((noinline, cold)) struct frame *
frame_in_use(const char *function, uint64_t physical, uintptr_t caller) NO_LOCK_ANALYSIS
{
    struct zone *zone = frames_lock_allocation(function, physical, ANY_COUNT, caller);

    if (zone == NULL)
        return NULL;
    spinlock_release(&zone->lock);
    return zone_frame(zone, physical);
}

void frame_reference(uint64_t physical)
{
    struct frame *frame = frame_find_single(physical);

    if (frame == NULL)
        frame = frame_in_use("frame_reference", physical, stack_frame_pointer());
    /* Relaxed: whoever adds a reference has one already, so the frame can't go meanwhile. */
    if (frame != NULL)
        __atomic_fetch_add(&frame->references, 1, __ATOMIC_RELAXED);
}

void frame_release(uint64_t physical)
{
    uintptr_t caller = stack_frame_pointer();
    struct frame *frame = frame_find_single(physical);
    bool single = frame != NULL;

    if (!single)
        frame = frame_in_use("frame_release", physical, caller);
    /*
     * Release: what was done with the frame comes before it is given up; acquire, paired with the
     * others' releases: whoever frees it comes after all of them.
     */
    if (frame == NULL || __atomic_fetch_sub(&frame->references, 1, __ATOMIC_ACQ_REL) != 1)
        return;
    if (single)
        frame_free(physical);
    else
        frames_free_at("frame_release", physical, ANY_COUNT, caller);
}

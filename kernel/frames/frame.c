/*
 * Single frames: the fast way. Most calls of frame_allocate() and frame_free() touch the
 * processor's stack and the frame's metadata, and take no lock.
 *
 * A frame that is given out singly lies in a split chunk, and its chunk stays split as long as it
 * is in use: so its state may be read without the zone's lock.
 */
#include "arch/cpu.h"
#include "arch/stack.h"
#include "cairn/error.h"
#include "frames/frames_hot.h"

#define UNLIKELY(condition) __builtin_expect(condition, 0)
/* What hardly ever runs stays out of the functions that often do. */
#define COLD __attribute__((noinline, cold))

/* The zone of a frame is not the one that was used last: finds it. */
static COLD struct frame *find_frame(struct frame_stack *stack, uint64_t physical)
{
    const struct zone *zone = physical % PAGE_SIZE == 0 ? zone_find(physical) : NULL;

    if (zone == NULL)
        return NULL;
    /* Frames of farther nodes go back past the stack: what it gives out shall be near. */
    if (zone->node == zone_orders[stack->node][0]->node)
        stack->table = zone->table;
    return zone_frame(zone, physical);
}

COLD int frame_own_slowly(struct frame_stack *stack, uint64_t physical, enum frame_owner owner)
{
    struct frame *frame = find_frame(stack, physical);

    if (frame == NULL || frame->owner != FRAME_FREE)
        return frames_distrust("frame_cache_take", physical);
    frame_own(frame, owner);
    return OK;
}

COLD int frame_take_or_fail(enum frame_owner owner, uint64_t *physical)
{
    return frames_injected() ? ERROR_NO_MEMORY : frame_take_now(owner, physical);
}

int frame_allocate(enum frame_owner owner, uint64_t *physical)
{
    if (UNLIKELY((unsigned)owner - 1 >= FRAME_OWNERS - 1))
        return ERROR_INVALID_ARGUMENT;
    return frame_take(owner, physical);
}

/* Frees a single frame of the zone that was used last; false when it is none. */
static inline bool free_single(struct frame_stack *stack, uint64_t physical)
{
    uint64_t offset = physical - stack->table.base;

    if (UNLIKELY(!frame_is_single(&stack->table, offset)))
        return false;
    *table_frame(&stack->table, offset) = (struct frame){.owner = FRAME_FREE};
    frame_cache_give(&stack->cache, physical);
    return true;
}

/*
 * The slow end of frame_free(): the frame is of another zone than the last one, or wrong. False for
 * one of a farther node, too.
 */
static COLD bool free_slowly(struct frame_stack *stack, uint64_t physical)
{
    return find_frame(stack, physical) != NULL && free_single(stack, physical);
}

void frame_free(uint64_t physical)
{
    bool interrupts_were_on = cpu_interrupts_disable();
    struct frame_stack *stack = &percpu(frame_stack);
    bool done = free_single(stack, physical) || free_slowly(stack, physical);

    cpu_interrupts_restore(interrupts_were_on);
    if (UNLIKELY(!done))
        frames_free_at("frame_free", physical, 1, stack_frame_pointer());
}

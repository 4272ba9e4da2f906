/**
 * @file
 * frame_allocate() for code that every page fault runs through: within the caller, because a call
 * would cost a third of it (@ref frames).
 */
#pragma once

#include "arch/cpu.h"
#include "cairn/error.h"
#include "frames/frame_stack.h"
#include "frames/injection.h"

/* Of a free frame all metadata is zero: the rest stays as it is. */
static inline void frame_own(struct frame *frame, enum frame_owner owner)
{
    frame->references = 1;
    frame->count = 1;
    frame->owner = (uint8_t)owner;
}

/** The slow end of frame_take(): @p physical came from the stack, but isn't as usual. */
int frame_own_slowly(struct frame_stack *stack, uint64_t physical, enum frame_owner owner);

/** frame_allocate() while failures are injected. */
int frame_take_or_fail(enum frame_owner owner, uint64_t *physical);

/** What frame_take() does when no failures are injected. */
static inline int frame_take_now(enum frame_owner owner, uint64_t *physical)
{
    bool interrupts_were_on = cpu_interrupts_disable();
    struct frame_stack *stack = &percpu(frame_stack);
    int error = frame_cache_take(&stack->cache, physical);

    if (__builtin_expect(error == OK, 1)) {
        uint64_t offset = *physical - stack->table.base;
        if (__builtin_expect(offset < stack->table.size &&
                                 table_frame(&stack->table, offset)->owner == FRAME_FREE,
                             1))
            frame_own(table_frame(&stack->table, offset), owner);
        else
            error = frame_own_slowly(stack, *physical, owner);
    }
    cpu_interrupts_restore(interrupts_were_on);
    return error;
}

/**
 * Allocates one frame of the running processor's node.
 * @param owner a constant, not FRAME_FREE
 * @return as frame_allocate()
 */
static inline int frame_take(enum frame_owner owner, uint64_t *physical)
{
    return frames_injecting() ? frame_take_or_fail(owner, physical)
                              : frame_take_now(owner, physical);
}

/**
 * @file
 * What each processor has for itself. Private to the frame allocator.
 */
#pragma once

#include "arch/cpu.h"
#include "boot/boot.h"
#include "frames/frame_cache.h"
#include "frames/zone.h"
#include "percpu/percpu.h"

/** One processor's stack of frames; touched by it alone, interrupts off. */
struct frame_stack {
    struct frame_cache cache;
    struct frame_table table; /**< Of the nearest node's zone where a frame was found last. */
    unsigned node;            /**< The processor's. */
    struct frame_stack *next; /**< The next processor's. */
};

PERCPU_DECLARE(struct frame_stack, frame_stack);

/**
 * Makes the running processor's stack an empty one, and learns its node. Called once on each
 * processor before it allocates.
 */
void frame_stack_start(uint64_t hardware_id);

/** The frames of a zone in all processors' stacks, which may change while they are counted. */
uint64_t frame_stacks_count(const struct frame_table *table);

/** Gives the running processor's frames back. Interrupts may be on. */
void frame_stack_drain(void);

/** Whether a frame is allocated, and singly: only such a one counts 1. */
static inline bool frame_is_single(const struct frame_table *table, uint64_t offset)
{
    return offset < table->size && offset % PAGE_SIZE == 0 &&
           table->states[offset / CHUNK_SIZE] == CHUNK_SPLIT &&
           table_frame(table, offset)->count == 1;
}

/** A frame that was allocated singly, when this processor has its zone at hand; else NULL. */
static inline struct frame *frame_find_single(uint64_t physical)
{
    bool interrupts_were_on = cpu_interrupts_disable();
    const struct frame_table *table = &percpu(frame_stack).table;
    uint64_t offset = physical - table->base;
    struct frame *frame = frame_is_single(table, offset) ? table_frame(table, offset) : NULL;

    cpu_interrupts_restore(interrupts_were_on);
    return frame;
}

/**
 * @file
 * What each processor has for itself. Private to the frame allocator.
 */
#ifndef FRAMES_FRAME_STACK_H
#define FRAMES_FRAME_STACK_H

#include "boot/boot.h"
#include "frames/frame_cache.h"
#include "frames/zone.h"
#include "percpu/percpu.h"

/** One processor's stack of frames; touched by it alone, interrupts off. */
struct frame_stack {
    struct frame_cache cache;
    struct frame_table table; /**< Of the zone where the last frame was found. */
    unsigned node;            /**< The processor's. */
    struct frame_stack *next; /**< The next processor's. */
};

PERCPU_DECLARE(struct frame_stack, frame_stack);

/**
 * Makes the running processor's stack an empty one, and learns its node. Called once on each
 * processor before it allocates.
 */
void frame_stack_start(uint64_t hardware_id);

/** Orders the nodes, at start-up. */
void frame_nodes_init(void);

/** The first of all processors' stacks. */
struct frame_stack *frame_stack_first(void);

/** The nodes in the order in which the running processor asks them; boot_info.node_count long. */
const uint8_t *frame_stack_nodes(unsigned node);

/** Gives the running processor's frames back. Interrupts may be on. */
void frame_stack_drain(void);

#endif

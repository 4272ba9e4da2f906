/**
 * @file
 * What a trap is, without its architecture's words (@ref trap).
 */
#ifndef TRAP_TRAP_H
#define TRAP_TRAP_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/trap.h"
#include "cairn/error.h"

/** Why the processor left its code. */
enum trap_cause {
    TRAP_INTERRUPT,  /**< A device or a timer wants attention. */
    TRAP_MEMORY,     /**< An access that the page tables, or the bus, do not allow. */
    TRAP_BREAKPOINT, /**< A breakpoint instruction. */
    TRAP_OTHER,      /**< Anything else: reported, and the end of the kernel. */
    TRAP_CAUSES
};

/** The cause of a trap; defined by the architecture. Context: the trap path. */
enum trap_cause trap_cause(const struct trap_frame *frame);

/** Has the interrupted code go on elsewhere; defined by the architecture. */
void trap_resume_at(struct trap_frame *frame, uintptr_t address);

/** Serves an interrupt: the timer's, or what the controller claims; defined by the architecture. */
void trap_interrupt(struct trap_frame *frame);

/** How often traps of a cause came, on all processors. */
uint64_t trap_count(enum trap_cause cause);

#endif

/**
 * @file
 * Who serves a trap, by its cause (@ref trap).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arch/trap.h"
#include "cairn/error.h"
#include "trap/fixup.h"

/** Serves an interrupt: the timer's, or what the controller claims; defined by the architecture. */
void trap_interrupt(struct trap_frame *frame);

/**
 * Called with traps of cause TRAP_BREAKPOINT. Weak: false; a debugger replaces it.
 * @return whether one of its own points or steps was behind it, so that the code can go on
 * Context: the trap path, interrupts off.
 */
bool trap_debug(struct trap_frame *frame);

/**
 * Called with every trap of cause TRAP_MEMORY, before the fix-ups are asked. Weak: false; who can
 * make pages appear replaces it.
 * @return whether the frame can be resumed: there again, or where this set it to
 * Context: the trap path, interrupts off.
 */
bool trap_fault(struct trap_frame *frame);

/**
 * Called with a trap of cause TRAP_MEMORY that neither trap_fault() nor a fix-up has served, before
 * it is reported. Weak: nothing; who knows better what went wrong than the report panics itself.
 */
void trap_unserved(const struct trap_frame *frame);

/** How often traps of a cause came, on all processors. */
uint64_t trap_count(enum trap_cause cause);

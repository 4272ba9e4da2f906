/**
 * @file
 * Breakpoints, watchpoints and single steps (@ref arch).
 *
 * Who stops the kernel arms points and lets it run; the trap that follows is asked what it was.
 * Nothing may be armed while that is looked at, or the looking itself would be stopped.
 *
 * @addtogroup arch
 * @{
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "arch/trap.h"

/** What stops the kernel. */
enum debug_kind {
    DEBUG_EXECUTE, /**< An instruction is to be executed. */
    DEBUG_WRITE,   /**< Memory is written. */
    DEBUG_READ,    /**< Memory is read. */
    DEBUG_ACCESS,  /**< Either. */
};

/** A place where the kernel stops. */
struct debug_point {
    enum debug_kind kind;
    unsigned size;     /**< Of the memory: 1, 2, 4 or 8 bytes. */
    uintptr_t address; /**< Of an instruction, or of memory: then a multiple of the size. */
};

/** What a trap was, bits. */
enum debug_event {
    DEBUG_EVENT_BREAK = 1,  /**< The instruction at the program counter has a breakpoint. */
    DEBUG_EVENT_STEP = 2,   /**< A single step is done. */
    DEBUG_EVENT_WATCH = 4,  /**< Watched memory was accessed. */
    DEBUG_EVENT_BEFORE = 8, /**< It is about to be: the instruction has not been executed. */
    DEBUG_EVENT_LOOK = 16,  /**< Watched memory may have been written: nobody else can tell. */
    DEBUG_EVENT_NONE = 32,  /**< Nothing to stop for; what was armed must be armed again. */
};

/** Prepares this processor. Context: start-up, once. */
void debug_start(void);

/**
 * Arms these points, and disarms all others.
 * @param points in the kernel's code, where an instruction begins, or in its memory; NULL for none,
 *        and for no single step either
 * @return OK; ERROR_NO_SPACE for more than this processor can have; ERROR_NOT_SUPPORTED when it
 *         can't watch reads; ERROR_INVALID_ARGUMENT when it can't watch reads alone; ERROR_BUSY for
 *         memory that traps write. After an error nothing is armed.
 * Context: interrupts off.
 */
int debug_arm(const struct debug_point *points, size_t count);

/**
 * What a trap was: bits of enum debug_event, 0 when no point and no step is behind it.
 * @param[out] address for DEBUG_EVENT_WATCH, of the memory
 * Context: the trap path; to be asked once, and before debug_arm().
 */
unsigned debug_event(const struct trap_frame *frame, uintptr_t *address);

/** Where a function that stands at its first instruction returns to. */
uintptr_t debug_return_address(const struct trap_frame *frame);

/** Bytes of the instruction at an address of the kernel's code; 0 when nothing simple can tell. */
unsigned debug_instruction_size(uintptr_t address);

/**
 * Has the interrupted code execute one instruction only, when it goes on, or goes back to normal.
 * Context: the trap path; after debug_arm(), with nothing armed at the program counter.
 */
void debug_step(struct trap_frame *frame, bool on);

/** @} */

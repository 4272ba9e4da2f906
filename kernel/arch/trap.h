/**
 * @file
 * Exceptions, as far as lab 01 needs them: every one is reported in full (@ref arch).
 *
 * @addtogroup arch
 * @{
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plain/plain.h"

/** The interrupted state; `machine/trap.h` defines it. */
struct trap_frame;

/** Why the processor left its code. */
enum trap_cause {
    TRAP_INTERRUPT,  /**< A device or a timer wants attention. */
    TRAP_MEMORY,     /**< An access that the page tables, or the bus, do not allow. */
    TRAP_BREAKPOINT, /**< A breakpoint, a watchpoint or a single step. */
    TRAP_OTHER,      /**< Anything else: reported, and the end of the kernel. */
    TRAP_CAUSES
};

/** The cause of a trap. Context: the trap path. */
static inline enum trap_cause trap_cause(const struct trap_frame *frame);

/** The interrupted program counter. */
static inline uintptr_t trap_program_counter(const struct trap_frame *frame);

/** Has the interrupted code go on elsewhere. */
static inline void trap_resume_at(struct trap_frame *frame, uintptr_t address);

/**
 * The interrupted frame pointer, or the caller's when the interrupted function has no frame record
 * of its own.
 */
uintptr_t trap_frame_pointer(const struct trap_frame *frame);

/**
 * The return address of an interrupted function that has no frame record and keeps it in a
 * register; 0 when it is in the record. Weak: 0, right wherever functions that call nothing keep a
 * record too.
 */
uintptr_t trap_return_address(const struct trap_frame *frame);

/** Why the exception came, in a few words: a guard page that was hit is the real reason. */
const char *trap_reason(const struct trap_frame *frame);

/** Writes all registers, several to a line, by plain output. */
void trap_print(plain_sink *sink, const struct trap_frame *frame);

/** Writes @p count registers, three to a line; names are padded to three letters. Generic. */
void trap_print_registers(plain_sink *sink, const char (*names)[4], const uint64_t *values,
                          size_t count);

/**
 * Called by the architecture's entry code with every trap, interrupts off, on the exception stack.
 * Weak: false; who wants to serve some replaces it.
 * @return whether the frame can be resumed; else trap_handle() comes next
 */
bool trap_hook(struct trap_frame *frame);

/**
 * Reports an exception that nobody served, and does not return, unless it is a failed access of
 * memory_copy_guarded(): then the frame is resumed. Context: as trap_hook(). Generic.
 */
void trap_handle(struct trap_frame *frame);

/** Sets this processor's exception vectors. Context: start-up. */
void trap_init(void);

/**
 * Where memory_copy_guarded() goes on when one of its accesses failed; also where it ends. It has
 * nothing on the stack.
 */
extern const char memory_copy_guarded_fault[];

/**
 * Copies memory that may not be there, byte by byte or, when both addresses and @p size are
 * multiples of 4 (or 8) bytes, by loads and stores of that width, so that device registers can be
 * read and written too.
 *
 * @return OK, or ERROR_FAULT when an access faulted; then part may have been copied
 * Context: any in which an exception may occur.
 */
int memory_copy_guarded(void *to, const void *from, size_t size);

#include "machine/trap.h"

/** @} */

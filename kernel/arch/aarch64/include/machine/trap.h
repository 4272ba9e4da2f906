/**
 * @file
 * The state that an exception interrupted, on AArch64. Layout shared with vectors.S.
 */
#pragma once

/** Bytes of a struct trap_frame; a multiple of 16, as the stack must be. */
#define TRAP_FRAME_SIZE 304

/* Where things are in it; register x0 to x30 is at 8 times its number. */
#define TRAP_STACK_POINTER 248
#define TRAP_PC            256
#define TRAP_SYNDROME      272
#define TRAP_VECTOR        288

/** In trap_frame.vector, beside the number: the exception stack had overflowed and began anew. */
#define TRAP_STACK_LOST 16

#ifndef __ASSEMBLER__

#include <stddef.h>
#include <stdint.h>

struct trap_frame {
    uint64_t x[31];         /**< x0 to x30. */
    uint64_t stack_pointer; /**< SP_EL0; SP_EL1 when an exception handler was interrupted. */
    uint64_t pc;            /**< ELR_EL1 */
    uint64_t status;        /**< SPSR_EL1 */
    uint64_t syndrome;      /**< ESR_EL1 */
    uint64_t address;       /**< FAR_EL1 */
    uint64_t vector;        /**< 0 to 15: 4 * where from + which kind; perhaps TRAP_STACK_LOST. */
    uint64_t padding;       /**< Keeps the stack aligned. */
};
_Static_assert(sizeof(struct trap_frame) == TRAP_FRAME_SIZE, "frame size");
_Static_assert(TRAP_FRAME_SIZE % 16 == 0, "stack alignment");
_Static_assert(offsetof(struct trap_frame, stack_pointer) == TRAP_STACK_POINTER, "stack pointer");
_Static_assert(offsetof(struct trap_frame, pc) == TRAP_PC, "pc");
_Static_assert(offsetof(struct trap_frame, syndrome) == TRAP_SYNDROME, "syndrome");
_Static_assert(offsetof(struct trap_frame, vector) == TRAP_VECTOR, "vector");

static inline uintptr_t trap_program_counter(const struct trap_frame *frame)
{
    return frame->pc;
}

static inline void trap_resume_at(struct trap_frame *frame, uintptr_t address)
{
    frame->pc = address;
}

#endif

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

/* trap_frame.vector: the kind of exception in bits 0 and 1, where from in bits 2 and 3. */
enum trap_kind { KIND_SYNCHRONOUS, KIND_IRQ, KIND_FIQ, KIND_SYSTEM_ERROR, KIND_MASK = 3 };
#define FROM_MASK UINT64_C(0xc)

/**
 * ESR_EL1.EC: the exception classes that are told apart. Those with an odd number are about EL1;
 * the even number below stands for the same in EL0.
 */
enum syndrome_class {
    CLASS_INSTRUCTION_ABORT = 0x21,
    CLASS_PC_ALIGNMENT = 0x22, /* in both */
    CLASS_DATA_ABORT = 0x25,
    CLASS_BREAKPOINT = 0x31,
    CLASS_STEP = 0x33,
    CLASS_WATCHPOINT = 0x35,
    CLASS_BRK = 0x3c, /* in both */
};

/** Of an abort's syndrome. */
enum abort_bits {
    ABORT_STATUS = 0x3f,            /**< Why. */
    ABORT_WRITE = 1 << 6,           /**< WnR, of a data abort. */
    ABORT_CACHE_OPERATION = 1 << 8, /**< CM: WnR is set, but nothing is written. */
    ABORT_NO_ADDRESS = 1 << 10,     /**< FnV: FAR_EL1 does not hold the address. */
};

static inline enum syndrome_class syndrome_class(uint64_t syndrome)
{
    return (enum syndrome_class)(syndrome >> 26 & 0x3f);
}

/** The class that means the same in EL1. */
static inline enum syndrome_class syndrome_kernel_class(uint64_t syndrome)
{
    return syndrome_class(syndrome | UINT64_C(1) << 26);
}

static inline enum trap_cause trap_cause(const struct trap_frame *frame)
{
    /* When the exception stack was lost, there is nothing to return to, whatever the kind. */
    uint64_t kind = frame->vector & ~FROM_MASK;

    if (kind != KIND_SYNCHRONOUS)
        return kind == KIND_IRQ ? TRAP_INTERRUPT : TRAP_OTHER;
    switch (syndrome_class(frame->syndrome)) {
    case CLASS_DATA_ABORT:
        return TRAP_MEMORY;
    case CLASS_BREAKPOINT:
    case CLASS_STEP:
    case CLASS_WATCHPOINT:
    case CLASS_BRK:
        return TRAP_BREAKPOINT;
    default:
        return TRAP_OTHER;
    }
}

static inline uintptr_t trap_program_counter(const struct trap_frame *frame)
{
    return frame->pc;
}

static inline void trap_resume_at(struct trap_frame *frame, uintptr_t address)
{
    frame->pc = address;
}

#endif

/**
 * @file
 * The state that an exception interrupted, on RISC-V. Layout shared with trap_entry.S.
 */
#pragma once

/** Bytes of a struct trap_frame; a multiple of 16, as the stack must be. */
#define TRAP_FRAME_SIZE 288

/* Where things are in it; register x1 to x31 is at 8 times its number. */
#define TRAP_PC     0
#define TRAP_STATUS 256
#define TRAP_CAUSE  264
#define TRAP_VALUE  272

/**
 * From the exception stack's top to the end of a frame that overwrote others, because there was no
 * room below: no other frame can end there.
 */
#define TRAP_LOST_GAP 16

/** sstatus.SUM: the kernel may read and write user pages. */
#define TRAP_STATUS_SUM 0x40000

#ifndef __ASSEMBLER__

#include <stddef.h>
#include <stdint.h>

struct trap_frame {
    uint64_t pc;            /**< sepc */
    uint64_t registers[31]; /**< x1 to x31. */
    uint64_t status;        /**< sstatus */
    uint64_t cause;         /**< scause */
    uint64_t value;         /**< stval */
    uint64_t padding;       /**< Keeps the stack aligned. */
};
_Static_assert(sizeof(struct trap_frame) == TRAP_FRAME_SIZE, "frame size");
_Static_assert(TRAP_FRAME_SIZE % 16 == 0, "stack alignment");
_Static_assert(offsetof(struct trap_frame, pc) == TRAP_PC, "pc");
_Static_assert(offsetof(struct trap_frame, registers) == 8, "registers");
_Static_assert(offsetof(struct trap_frame, status) == TRAP_STATUS, "status");
_Static_assert(offsetof(struct trap_frame, cause) == TRAP_CAUSE, "cause");
_Static_assert(offsetof(struct trap_frame, value) == TRAP_VALUE, "value");

/* scause: bit 63 tells an interrupt; the exceptions by number. */
#define CAUSE_INTERRUPT (UINT64_C(1) << 63)

enum exception {
    CAUSE_ILLEGAL_INSTRUCTION = 2,
    CAUSE_BREAKPOINT = 3,
    CAUSE_LOAD_MISALIGNED = 4,
    CAUSE_STORE_ACCESS = 7,
    CAUSE_USER_CALL = 8,
    CAUSE_SUPERVISOR_CALL = 9,
    CAUSE_INSTRUCTION_PAGE = 12,
    CAUSE_LOAD_PAGE = 13,
    CAUSE_STORE_PAGE = 15,
};

static inline enum trap_cause trap_cause(const struct trap_frame *frame)
{
    switch (frame->cause) {
    case CAUSE_LOAD_MISALIGNED ... CAUSE_STORE_ACCESS:
    case CAUSE_LOAD_PAGE:
    case CAUSE_STORE_PAGE:
        return TRAP_MEMORY;
    case CAUSE_BREAKPOINT:
        return TRAP_BREAKPOINT;
    default:
        return (frame->cause & CAUSE_INTERRUPT) != 0 ? TRAP_INTERRUPT : TRAP_OTHER;
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

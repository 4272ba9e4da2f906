/**
 * @file
 * The interrupted state on x86-64, as exception.S builds it.
 */
#pragma once

#include <stdint.h>

/** In the order in which exception.S pushes, last pushed first. */
struct trap_frame {
    uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp;
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t vector;
    uint64_t error; /**< The error code; 0 for vectors without one. */
    /* Pushed by the processor (Intel SDM volume 3, 6.14.2). */
    uint64_t rip, cs, rflags, rsp, ss;
};
_Static_assert(sizeof(struct trap_frame) == 22 * 8, "exception.S pushes 22 words");

/** Vectors of exceptions (Intel SDM volume 3, table 6-1), and of interrupts behind them. */
enum exception {
    EXCEPTION_DEBUG = 1,
    EXCEPTION_NMI = 2,
    EXCEPTION_BREAKPOINT = 3,
    EXCEPTION_DOUBLE_FAULT = 8,
    EXCEPTION_STACK = 12,
    EXCEPTION_PROTECTION = 13,
    EXCEPTION_PAGE_FAULT = 14,
    EXCEPTION_MACHINE_CHECK = 18,
    EXCEPTIONS = 32,
    VECTORS = 256,
};

static inline enum trap_cause trap_cause(const struct trap_frame *frame)
{
    switch (frame->vector) {
    case EXCEPTION_DEBUG:
    case EXCEPTION_BREAKPOINT:
        return TRAP_BREAKPOINT;
    case EXCEPTION_STACK:
    case EXCEPTION_PROTECTION:
    case EXCEPTION_PAGE_FAULT:
        return TRAP_MEMORY;
    default:
        return frame->vector >= EXCEPTIONS ? TRAP_INTERRUPT : TRAP_OTHER;
    }
}

static inline uintptr_t trap_program_counter(const struct trap_frame *frame)
{
    return frame->rip;
}

static inline void trap_resume_at(struct trap_frame *frame, uintptr_t address)
{
    frame->rip = address;
}

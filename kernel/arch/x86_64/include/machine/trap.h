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

static inline uintptr_t trap_program_counter(const struct trap_frame *frame)
{
    return frame->rip;
}

static inline void trap_resume_at(struct trap_frame *frame, uintptr_t address)
{
    frame->rip = address;
}

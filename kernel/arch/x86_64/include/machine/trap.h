/**
 * @file
 * The interrupted state on x86-64, as exception.S builds it.
 */
#ifndef MACHINE_TRAP_H
#define MACHINE_TRAP_H

#include <stdint.h>

/** In the order in which exception.S pushes, last pushed first. */
struct trap_frame {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    uint64_t rbp, rdi, rsi, rdx, rcx, rbx, rax;
    uint64_t vector;
    uint64_t error; /**< The error code; 0 for vectors without one. */
    /* Pushed by the processor (Intel SDM volume 3, 6.14.2). */
    uint64_t rip, cs, rflags, rsp, ss;
};
_Static_assert(sizeof(struct trap_frame) == 22 * 8, "exception.S pushes 22 words");

#endif

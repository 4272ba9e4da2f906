/**
 * @file
 * Where the code goes on after its next instruction. Private to the RISC-V port.
 */
#ifndef ARCH_RISCV64_DEBUG_NEXT_H
#define ARCH_RISCV64_DEBUG_NEXT_H

#include <stdint.h>

#include "arch/trap.h"

/** The program counter after the instruction at which the frame stands, which is not sret. */
uintptr_t debug_next(const struct trap_frame *frame);

#endif

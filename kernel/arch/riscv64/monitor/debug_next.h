/**
 * @file
 * Where the code may go on after its next instruction. Private to the RISC-V port.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "arch/trap.h"

/** The most places that there can be. */
enum { DEBUG_NEXT_MAX = 8 };

/**
 * Finds where the code goes on after the instruction at which the frame stands, which is not sret.
 * From lr on, that is behind the sc that belongs to it: a trap between would make that fail for
 * ever.
 * @param[out] next one place, or several of which it will be one
 * @return how many
 */
size_t debug_next(const struct trap_frame *frame, uintptr_t next[DEBUG_NEXT_MAX]);

/** The instruction at an address of the kernel's code, as it is without breakpoints. */
uint32_t debug_code(uintptr_t address);

/** Its size in bytes. */
static inline unsigned debug_size(uint32_t code)
{
    enum { LONG = 3 }; /* the lowest two bits of an instruction of four bytes */

    return (code & LONG) == LONG ? 4 : 2;
}

/**
 * @file
 * Stacks and frame records (@ref arch, @ref backtrace). For C and assembly.
 *
 * @addtogroup arch
 * @{
 */
#pragma once

/*
 * machine/stack.h defines, in bytes relative to a frame pointer:
 *   FRAME_NEXT_OFFSET    where the caller's frame pointer is stored
 *   FRAME_RETURN_OFFSET  where the return address is stored
 */
#include "machine/stack.h"

/*
 * The stacks of start-up, in .bss, each BOOT_STACK_SIZE bytes above a guard page: one to run on and
 * one for exceptions, so that an overflow of the first can be reported.
 */
#define BOOT_STACK_SIZE 16384

#ifndef __ASSEMBLER__

#include <stdint.h>

extern char boot_stack_guard[], boot_stack[], boot_stack_top[];
extern char exception_stack_guard[], exception_stack[], exception_stack_top[];

/** The frame pointer of the function that calls this. */
static inline uintptr_t stack_frame_pointer(void)
{
    return (uintptr_t)__builtin_frame_address(0);
}

#endif

/** @} */

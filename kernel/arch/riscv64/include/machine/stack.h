/**
 * @file
 * Frame records on RISC-V: the frame pointer (s0) is the stack pointer at the function's entry, and
 * the record lies just below it.
 *
 * Source: RISC-V ELF psABI 1.0, section 2.1.3, "Frame Pointer Convention".
 */
#pragma once

#define FRAME_NEXT_OFFSET   (-16)
#define FRAME_RETURN_OFFSET (-8)

/*
 * Frame records on x86-64: the frame pointer points at the saved frame pointer, and the return
 * address lies above it (System V ABI, AMD64 supplement 1.0, 3.2.2).
 */
#pragma once

#define FRAME_NEXT_OFFSET   0
#define FRAME_RETURN_OFFSET 8

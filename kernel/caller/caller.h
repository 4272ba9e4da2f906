/**
 * @file
 * @defgroup caller Callers
 * Who called: for reports of wrong calls.
 *
 * A wrong call of an allocator is a bug of its caller, but no reason to stop: it is reported with
 * the way that led to it, and otherwise ignored. A *site* is the return address of a call.
 *
 * Any context, but no lock may be held that the log or the console takes.
 * @{
 */
#pragma once

#include <stdint.h>

#include "arch/stack.h"

/** The site of the call of a function, by that function's frame pointer. */
static inline uintptr_t caller_of(uintptr_t frame)
{
    return *(const uintptr_t *)(frame + FRAME_RETURN_OFFSET);
}

/** A place in the code, for people: `function+0x12 file:34`. */
struct caller_place {
    char text[120];
};

/** Names a site. */
struct caller_place caller_place(uintptr_t site);

/** Writes a site, and those of the calls that led there, to the log. */
void caller_log(uintptr_t site);

/** @} */

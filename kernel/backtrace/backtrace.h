/**
 * @file
 * @defgroup backtrace Backtrace
 * Who called whom: walking the chain of frame records on a kernel stack.
 *
 * All code is compiled with frame pointers. A frame pointer leads to a *frame record* of two words,
 * the caller's frame pointer and the return address; where they lie relative to the frame pointer
 * is the architecture's business (`FRAME_NEXT_OFFSET`, `FRAME_RETURN_OFFSET` in `arch/stack.h`).
 *
 *        higher addresses
 *     |  caller's frame       |
 *     |-----------------------|
 *     |  return address       |  <- frame pointer + FRAME_RETURN_OFFSET
 *     |  caller's frame ptr   |  <- frame pointer + FRAME_NEXT_OFFSET
 *     |-----------------------|
 *     |  callee's locals      |
 *        lower addresses
 *
 * May be called in any context, on a stack that is not running or on one's own.
 * @{
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** No report shows more return addresses than this. */
#define BACKTRACE_MAX 32

/** The memory of one stack: [low, high), both multiples of 16. */
struct stack_bounds {
    uintptr_t low;
    uintptr_t high;
};

/**
 * Follows the frame records of a stack. *Exercise 1.5*
 *
 * The chain may be damaged anywhere: the stack may be what broke. So nothing outside
 * [bounds->low, bounds->high) is ever read. The walk ends, without an error, at the first frame
 * pointer that is not a multiple of 8, whose two words are not both within the bounds, or that is
 * not greater than the one before it (a stack's frames lie at rising addresses, so this also ends
 * every loop); at the first return address 0; and after @p max addresses.
 *
 * @param bounds the stack
 * @param frame the frame pointer to start from
 * @param[out] addresses the return addresses, innermost first
 * @param max room at @p addresses
 * @return how many addresses were stored
 */
size_t backtrace_walk(const struct stack_bounds *bounds, uintptr_t frame, uintptr_t *addresses,
                      size_t max);

/**
 * The kernel stack that @p address lies in.
 * @return OK and @p bounds filled, or ERROR_NOT_FOUND
 */
int backtrace_find_stack(uintptr_t address, struct stack_bounds *bounds);

/**
 * What it means that @p address was accessed, when it lies in the guard page below a stack.
 * @return a sentence for a report, or NULL when the address is in no guard page
 */
const char *backtrace_guard_hit(uintptr_t address);

/** @} */

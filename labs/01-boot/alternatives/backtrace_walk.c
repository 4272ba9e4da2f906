/*
 * Exercise 1.5, another way: the whole record is checked before either of its words is read, and
 * the next record is a call of the same function.
 */
#include "arch/stack.h"
#include "backtrace/backtrace.h"

#define WORD sizeof(uintptr_t)

static bool holds_word(const struct stack_bounds *bounds, uintptr_t frame, int offset)
{
    uintptr_t address = frame + (uintptr_t)(intptr_t)offset;
    bool wrapped = offset < 0 ? address > frame : address < frame;

    return !wrapped && bounds->high - bounds->low >= WORD && address >= bounds->low &&
           address <= bounds->high - WORD;
}

static uintptr_t word_at(uintptr_t address)
{
    return *(const uintptr_t *)address;
}

static size_t walk_on(const struct stack_bounds *bounds, uintptr_t below, uintptr_t frame,
                      uintptr_t *addresses, size_t max)
{
    if (max == 0 || frame <= below || (frame & (WORD - 1)) != 0)
        return 0;
    if (!holds_word(bounds, frame, FRAME_NEXT_OFFSET) ||
        !holds_word(bounds, frame, FRAME_RETURN_OFFSET))
        return 0;
    *addresses = word_at(frame + FRAME_RETURN_OFFSET);
    if (*addresses == 0)
        return 0;
    return 1 + walk_on(bounds, frame, word_at(frame + FRAME_NEXT_OFFSET), addresses + 1, max - 1);
}

size_t backtrace_walk(const struct stack_bounds *bounds, uintptr_t frame, uintptr_t *addresses,
                      size_t max)
{
    return walk_on(bounds, 0, frame, addresses, max);
}

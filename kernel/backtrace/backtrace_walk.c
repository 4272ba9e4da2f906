/*
 * Exercise 1.5: walking a stack. The contract is in backtrace.h.
 */
#include "arch/stack.h"
#include "backtrace/backtrace.h"
#include "plain/plain.h"

//@exercise 1.5 Walk the stack
/* Reads the word at address; false when it doesn't lie within the stack. */
static bool read_word(const struct stack_bounds *bounds, uintptr_t address, uintptr_t *word)
{
    if (address < bounds->low || address >= bounds->high ||
        bounds->high - address < sizeof(uintptr_t))
        return false;
    *word = *(const uintptr_t *)address;
    return true;
}

size_t backtrace_walk(const struct stack_bounds *bounds, uintptr_t frame, uintptr_t *addresses,
                      size_t max)
{
    size_t count = 0;

    while (count < max && frame % sizeof(uintptr_t) == 0) {
        uintptr_t next;
        uintptr_t address;

        if (!read_word(bounds, frame + FRAME_RETURN_OFFSET, &address) ||
            !read_word(bounds, frame + FRAME_NEXT_OFFSET, &next) || address == 0)
            break;
        addresses[count++] = address;
        if (next <= frame)
            break;
        frame = next;
    }
    return count;
}
//@stub
// size_t backtrace_walk(const struct stack_bounds *bounds, uintptr_t frame, uintptr_t *addresses,
//                       size_t max)
// {
//     (void)bounds;
//     (void)frame;
//     (void)addresses;
//     (void)max;
//     todo("1.5");
//     return 0;
// }
//@end

/*
 * Which stacks there are: in lab 01 the two that start-up brings.
 */
#include "backtrace/backtrace.h"

#include "arch/stack.h"
#include "cairn/error.h"
#include "lib/util.h"

//@quote [find-stack]
int backtrace_find_stack(uintptr_t address, struct stack_bounds *bounds)
{
    const struct stack_bounds stacks[] = {
        {(uintptr_t)boot_stack, (uintptr_t)boot_stack_top},
        {(uintptr_t)exception_stack, (uintptr_t)exception_stack_top},
    };

    for (size_t i = 0; i < sizeof(stacks) / sizeof(stacks[0]); i++) {
        /* A frame pointer may stand right at the top, before the first frame. */
        if (address >= stacks[i].low && address <= stacks[i].high) {
            *bounds = stacks[i];
            return OK;
        }
    }
    return ERROR_NOT_FOUND;
}
//@quote [find-stack]

const char *backtrace_guard_hit(uintptr_t address)
{
    if (address - (uintptr_t)boot_stack_guard < PAGE_SIZE)
        return "stack overflow: the boot stack's guard page was hit";
    if (address - (uintptr_t)exception_stack_guard < PAGE_SIZE)
        return "stack overflow: the exception stack's guard page was hit";
    return NULL;
}

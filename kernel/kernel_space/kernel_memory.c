/*
 * Kernel memory of whole pages, and stacks. See kernel_space.h.
 */
#include "cairn/error.h"
#include "caller/caller.h"
#include "heap/heap.h"
#include "kernel_space/windows.h"
#include "log/log.h"

/* Says on the log that a wrong address was given to function. */
static void report(const char *function, uintptr_t address, uintptr_t frame)
{
    log_error("%s(%#llx): no such range; nothing was done", function, (unsigned long long)address);
    caller_log(caller_of(frame));
}

int kernel_memory_allocate(size_t size, void **memory)
{
    uint64_t start;
    int error = window_allocate(&windows[WINDOW_HEAP], size, FRAME_KERNEL, &start);

    if (error == OK)
        *memory = (void *)(uintptr_t)start;
    return error;
}

void kernel_memory_free(void *memory)
{
    if (!window_free(&windows[WINDOW_HEAP], (uintptr_t)memory))
        report("kernel_memory_free", (uintptr_t)memory, stack_frame_pointer());
}

size_t kernel_memory_size(const void *memory)
{
    spinlock_acquire(&kernel_space_lock);
    uint64_t size = window_range(&windows[WINDOW_HEAP], (uintptr_t)memory);
    spinlock_release(&kernel_space_lock);
    return size;
}

int kernel_stack_allocate(uintptr_t *top)
{
    uint64_t start;
    int error = window_allocate(&windows[WINDOW_STACKS], KERNEL_STACK_SIZE, FRAME_STACK, &start);

    if (error == OK)
        *top = start + KERNEL_STACK_SIZE;
    return error;
}

void kernel_stack_free(uintptr_t top)
{
    if (!window_free(&windows[WINDOW_STACKS], top - KERNEL_STACK_SIZE))
        report("kernel_stack_free", top, stack_frame_pointer());
}

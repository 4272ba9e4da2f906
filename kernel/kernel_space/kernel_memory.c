/*
 * Kernel memory of whole pages, and stacks: ranges filled with frames of their own. See
 * kernel_space.h.
 */
#include "arch/stack.h"
#include "cairn/error.h"
#include "kernel_space/windows.h"

/* Takes the frames of a range away again. */
static void unmap_frames(uint64_t start, uint64_t size) REQUIRES(kernel_space_lock)
{
    struct page_mapping mapping;
    struct tlb_batch batch;

    tlb_batch_begin(&batch, &tlb_kernel_flusher, NULL);
    for (uint64_t at = start; at < start + size; at += PAGE_SIZE) {
        if (page_table_translate(&kernel_page_table, at, &mapping) != OK)
            continue;
        /* Single frames are mapped by pages of their own: nothing is split, nothing can fail. */
        (void)page_table_change(&kernel_page_table, at, PAGE_SIZE, 0, &batch);
        tlb_batch_free(&batch, mapping.physical);
    }
    tlb_batch_finish(&batch);
}

static int map_frames(uint64_t start, uint64_t size, enum frame_owner owner)
    REQUIRES(kernel_space_lock)
{
    uint64_t at = start;
    int error = OK;

    for (; at < start + size && error == OK; at += PAGE_SIZE) {
        uint64_t physical;
        error = frame_allocate(owner, &physical);
        if (error != OK)
            break;
        error =
            page_table_map(&kernel_page_table, at, physical, PAGE_SIZE, PAGE_READ | PAGE_WRITE, 0);
        if (error != OK)
            frame_free(physical);
    }
    if (error != OK)
        unmap_frames(start, at - start);
    return error;
}

/* Reserves a range and fills it with frames, readable and writable. */
static int allocate(struct window *window, uint64_t size, enum frame_owner owner, uint64_t *start)
{
    if (size == 0 || size > WINDOW_SIZE)
        return ERROR_INVALID_ARGUMENT;
    if (!kernel_space_is_ready())
        return ERROR_NOT_IMPLEMENTED;
    size = align_up(size, PAGE_SIZE);
    spinlock_acquire(&kernel_space_lock);
    int error = window_take(window, size, PAGE_SIZE, start);
    if (error == OK) {
        error = map_frames(*start, size, owner);
        if (error != OK)
            window_give(window, *start);
    }
    spinlock_release(&kernel_space_lock);
    return error;
}

/* Undoes allocate(); a wrong start is reported as the address that was given to function. */
static void release(struct window *window, uint64_t start, const char *function, uintptr_t address,
                    uintptr_t frame)
{
    spinlock_acquire(&kernel_space_lock);
    uint64_t size = window_range(window, start);
    if (size != 0) {
        unmap_frames(start, size);
        window_give(window, start);
    }
    spinlock_release(&kernel_space_lock);
    if (size == 0)
        window_report(function, address, "range", frame);
}

int kernel_memory_allocate(size_t size, void **memory)
{
    uint64_t start;
    int error = allocate(&windows[WINDOW_HEAP], size, FRAME_KERNEL, &start);

    if (error == OK)
        *memory = (void *)(uintptr_t)start;
    return error;
}

void kernel_memory_free(void *memory)
{
    release(&windows[WINDOW_HEAP], (uintptr_t)memory, "kernel_memory_free", (uintptr_t)memory,
            stack_frame_pointer());
}

int kernel_stack_allocate(uintptr_t *top)
{
    uint64_t start;
    int error = allocate(&windows[WINDOW_STACKS], KERNEL_STACK_SIZE, FRAME_STACK, &start);

    if (error == OK)
        *top = start + KERNEL_STACK_SIZE;
    return error;
}

void kernel_stack_free(uintptr_t top)
{
    release(&windows[WINDOW_STACKS], top - KERNEL_STACK_SIZE, "kernel_stack_free", top,
            stack_frame_pointer());
}

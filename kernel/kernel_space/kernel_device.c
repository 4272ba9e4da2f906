/*
 * Device mappings, which can be taken away again. See kernel_space.h.
 */
#include "address_map/address_map.h"
#include "arch/stack.h"
#include "cairn/error.h"
#include "kernel_space/windows.h"

DEVICE void *device_map_as(uint64_t physical, uint64_t size, unsigned flags)
{
    uint64_t offset = physical % PAGE_SIZE;
    struct window *window = &windows[WINDOW_DEVICES];
    uint64_t alignment = PAGE_SIZE;
    uint64_t shift = 0;
    uint64_t start;

    if (!kernel_space_is_ready())
        return flags == PAGE_DEVICE ? boot_device_map(physical, size) : NULL;
    if (size == 0 || !range_within(physical, size, DIRECT_MAP_SIZE) ||
        (flags != PAGE_DEVICE && flags != PAGE_COMBINE))
        return NULL;
    uint64_t span = align_up(offset + size, PAGE_SIZE);
    if (span >= CHUNK_SIZE) {
        /* The same offset within 2 MiB, so that large pages fit. */
        alignment = CHUNK_SIZE;
        shift = align_down(physical % CHUNK_SIZE, PAGE_SIZE);
    }
    spinlock_acquire(&kernel_space_lock);
    int error = window_take(window, shift + span, alignment, &start);
    if (error == OK) {
        error = page_table_map(&kernel_page_table, start + shift, physical - offset, span,
                               PAGE_READ | PAGE_WRITE | flags, mmu_largest_leaf());
        if (error != OK)
            window_give(window, start);
    }
    spinlock_release(&kernel_space_lock);
    return error == OK ? (DEVICE void *)(uintptr_t)(start + shift + offset) : NULL;
}

DEVICE void *device_map(uint64_t physical, uint64_t size)
{
    return device_map_as(physical, size, PAGE_DEVICE);
}

void device_unmap(DEVICE void *registers)
{
    struct window *window = &windows[WINDOW_DEVICES];
    uint64_t address = (uintptr_t)registers;
    struct tlb_batch batch;

    spinlock_acquire(&kernel_space_lock);
    const struct region *range = region_at_or_above(&window->ranges, address);
    bool known = range != NULL && range->start <= address && address < range->end - PAGE_SIZE;
    if (known) {
        uint64_t start = range->start;
        tlb_batch_begin(&batch, &tlb_kernel_flusher, NULL);
        /* All of a mapping goes: no page is split, nothing can fail. */
        (void)page_table_change(&kernel_page_table, start, window_range(window, start), 0, &batch);
        tlb_batch_finish(&batch);
        window_give(window, start);
    }
    spinlock_release(&kernel_space_lock);
    if (!known)
        window_report("device_unmap", address, "mapping", stack_frame_pointer());
}

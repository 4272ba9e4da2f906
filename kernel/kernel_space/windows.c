/*
 * Ranges of kernel addresses. See windows.h.
 */
#include "kernel_space/windows.h"

#include "address_map/address_map.h"
#include "cairn/error.h"
#include "heap/heap.h"

struct spinlock kernel_space_lock = SPINLOCK("kernel space");

/* Start-up's own device mappings have the first entry of their window. */
struct window windows[WINDOWS] = {
    [WINDOW_HEAP] = {.name = "heap", .base = UINT64_C(0xffffc00000000000)},
    [WINDOW_STACKS] = {.name = "stacks", .base = UINT64_C(0xffffe00000000000), .guard_below = true},
    [WINDOW_DEVICES] = {.name = "devices", .base = DEVICE_MAP_BASE + WINDOW_SIZE},
};

static OBJECT_CACHE(range_cache, "kernel range", sizeof(struct region), NULL);

int window_take(struct window *window, uint64_t size, uint64_t alignment, uint64_t *start)
{
    struct region *range = object_allocate(&range_cache);
    struct region_wish wish = {.low = window->first,
                               .high = window->base + WINDOW_SIZE,
                               .size = size + PAGE_SIZE,
                               .alignment = alignment};
    uint64_t place = 0;

    if (range == NULL)
        return ERROR_NO_MEMORY;
    int error = region_find_gap(&window->ranges, &wish, &place);
    if (error == OK) {
        *range = (struct region){.start = place, .end = place + wish.size};
        error = region_insert(&window->ranges, range);
    }
    if (error != OK) {
        object_free(&range_cache, range);
        return error;
    }
    window->used += wish.size;
    *start = place + (window->guard_below ? PAGE_SIZE : 0);
    return OK;
}

/* The range whose usable part begins at start; NULL for none. */
static struct region *range_at(const struct window *window, uint64_t start)
{
    uint64_t begin = start - (window->guard_below ? PAGE_SIZE : 0);
    struct region *range = region_at_or_above(&window->ranges, begin);

    return range != NULL && range->start == begin ? range : NULL;
}

uint64_t window_range(const struct window *window, uint64_t start)
{
    const struct region *range = range_at(window, start);

    return range != NULL ? range->end - range->start - PAGE_SIZE : 0;
}

void window_give(struct window *window, uint64_t start)
{
    struct region *range = range_at(window, start);

    window->used -= range->end - range->start;
    region_remove(&window->ranges, range);
    object_free(&range_cache, range);
}

/* Takes the frames of a range away again, by portions that a batch can hold back. */
static void unmap_frames(uint64_t start, uint64_t size) REQUIRES(kernel_space_lock)
{
    enum { PORTION = TLB_BATCH_PAGES };
    uint64_t end = start + size;

    while (start < end) {
        uint64_t part = end - start < PORTION * PAGE_SIZE ? end - start : PORTION * PAGE_SIZE;
        uint64_t frames[PORTION];
        struct page_mapping mapping;
        struct tlb_batch batch;
        size_t count = 0;

        for (uint64_t at = start; at < start + part; at += PAGE_SIZE) {
            if (page_table_translate(&kernel_page_table, at, &mapping) == OK)
                frames[count++] = mapping.physical;
        }
        tlb_batch_begin(&batch, &tlb_kernel_flusher, NULL);
        /* Single frames are mapped by pages of their own: nothing is split, nothing can fail. */
        (void)page_table_change(&kernel_page_table, start, part, 0, &batch);
        for (size_t i = 0; i < count; i++)
            tlb_batch_free(&batch, frames[i]);
        tlb_batch_finish(&batch);
        start += part;
    }
}

static int map_frames(uint64_t start, uint64_t size, enum frame_owner owner)
    REQUIRES(kernel_space_lock)
{
    int error = OK;

    for (uint64_t at = start; at < start + size && error == OK; at += PAGE_SIZE) {
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
        unmap_frames(start, size);
    return error;
}

int window_allocate(struct window *window, uint64_t size, enum frame_owner owner, uint64_t *start)
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

bool window_free(struct window *window, uint64_t start)
{
    spinlock_acquire(&kernel_space_lock);
    uint64_t size = window_range(window, start);
    if (size != 0) {
        unmap_frames(start, size);
        window_give(window, start);
    }
    spinlock_release(&kernel_space_lock);
    return size != 0;
}

int kernel_window_describe(size_t index, struct kernel_window *window)
{
    if (index >= WINDOWS)
        return ERROR_NOT_FOUND;
    const struct window *told = &windows[index];
    spinlock_acquire(&kernel_space_lock);
    *window = (struct kernel_window){.name = told->name,
                                     .base = told->base,
                                     .size = WINDOW_SIZE,
                                     .ranges = told->ranges.count,
                                     .used = told->used};
    spinlock_release(&kernel_space_lock);
    return OK;
}

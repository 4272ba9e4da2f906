/*
 * Ranges of kernel addresses. See windows.h.
 */
#include "kernel_space/windows.h"

#include "address_map/address_map.h"
#include "cairn/error.h"
#include "caller/caller.h"
#include "heap/heap.h"
#include "log/log.h"

struct spinlock kernel_space_lock = SPINLOCK("kernel space");

/* Start-up's own device mappings have the first entry of their window. */
struct window windows[WINDOWS] = {
    [WINDOW_HEAP] = {.base = UINT64_C(0xffffc00000000000)},
    [WINDOW_STACKS] = {.base = UINT64_C(0xffffe00000000000), .guard_below = true},
    [WINDOW_DEVICES] = {.base = DEVICE_MAP_BASE + WINDOW_SIZE},
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
    *range = (struct region){.start = place, .end = place + wish.size};
    if (error == OK)
        error = region_insert(&window->ranges, range);
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

void window_report(const char *function, uint64_t address, const char *what, uintptr_t frame)
{
    log_error("%s(%#llx): no such %s; nothing was done", function, (unsigned long long)address,
              what);
    caller_log(caller_of(frame));
}

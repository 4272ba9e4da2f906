/*
 * Taking the kernel's tables over from start-up. See kernel_space.h.
 *
 * Start-up's tables lie in the image, where the direct map can only be read. So they are copied
 * into frames, table by table; the leaves stay as they are. Before the processor goes on with the
 * copy, the walker shows in it that it can map, find and unmap.
 */
#include "address_map/address_map.h"
#include "arch/tlb.h"
#include "cairn/error.h"
#include "init/init.h"
#include "kernel_space/windows.h"
#include "log/log.h"
#include "random/random.h"

static bool ready;

bool kernel_space_is_ready(void)
{
    return ready;
}

/* A new table of start-up's contents, with all tables below it. */
INIT_TEXT static int copy_tables(const mmu_entry *from, unsigned level, uint64_t *copy)
{
    const struct frame_request request = {.count = 1, .owner = FRAME_PAGE_TABLE, .zeroed = true};
    int error = frames_allocate(&request, copy);

    for (unsigned i = 0; i < PAGE_TABLE_ENTRIES && error == OK; i++) {
        mmu_entry entry = from[i];
        if (mmu_is_table(entry, level)) {
            uint64_t below;
            const mmu_entry *table =
                (const mmu_entry *)(uintptr_t)(mmu_address(entry) + image_virtual_offset);
            error = copy_tables(table, level - 1, &below);
            entry = page_entry_table(below);
            kernel_page_table.tables++;
        }
        if (error == OK)
            ((mmu_entry *)physical_pointer(*copy))[i] = entry;
    }
    return error;
}

//@quote [try-walker]
/*
 * Whether the search for gaps and the walker do their work, tried at the beginning of a window. The
 * tables that this needs stay; so the window's entry of the root is there before any other root is.
 */
INIT_TEXT static int try_window(struct window *window) REQUIRES(kernel_space_lock)
{
    enum { PAGES = 3 };
    uint64_t root = kernel_page_table.root;
    struct page_mapping mapping;
    struct tlb_batch batch;
    uint64_t start;
    int error = window_take(window, PAGES * PAGE_SIZE, PAGE_SIZE, &start);

    if (error != OK)
        return error;
    error = page_table_map(&kernel_page_table, start, root, PAGES * PAGE_SIZE, PAGE_READ, 0);
    if (error != OK)
        return error;
    if (page_table_translate(&kernel_page_table, start + 2 * PAGE_SIZE, &mapping) != OK ||
        mapping.physical != root + 2 * PAGE_SIZE)
        return ERROR_CORRUPT;
    tlb_batch_begin(&batch, &tlb_kernel_flusher, NULL);
    error = page_table_change(&kernel_page_table, start, PAGES * PAGE_SIZE, 0, &batch);
    tlb_batch_finish(&batch);
    if (error == OK && page_table_translate(&kernel_page_table, start, &mapping) == OK)
        error = ERROR_CORRUPT;
    window_give(window, start);
    return error;
}
//@quote [try-walker]

INIT_TEXT static int open_windows(void)
{
    int error = OK;

    spinlock_acquire(&kernel_space_lock);
    for (size_t i = 0; i < WINDOWS && error == OK; i++) {
        windows[i].first =
            windows[i].base + random_below(WINDOW_SIZE / 2 / CHUNK_SIZE) * CHUNK_SIZE;
        error = try_window(&windows[i]);
    }
    spinlock_release(&kernel_space_lock);
    return error;
}

INIT_TEXT static int kernel_space_init(void)
{
    page_types_init();
    int error = copy_tables(kernel_root, PAGE_TABLE_ROOT_LEVEL, &kernel_page_table.root);
    if (error == OK)
        error = open_windows();
    if (error != OK) {
        /* The copy stays as it is, unused: this happens only while an exercise is missing. */
        kernel_page_table = (struct page_table){0};
        log_warning("the kernel stays on the page tables of start-up");
        return error;
    }
    tlb_set_kernel_root(kernel_page_table.root);
    kernel_root = physical_pointer(kernel_page_table.root);
    ready = true;
    return OK;
}
INIT_CALL(space, kernel_space_init);

/*
 * Emptying an address space's page tables.
 */
#include "address_space/parts.h"
#include "cairn/error.h"

/* Whether a single page is not mapped anyway. */
static bool is_empty(const struct page_table *table, uint64_t address, uint64_t size)
{
    struct page_mapping mapping;

    return size == PAGE_SIZE && page_table_translate(table, address, &mapping) == ERROR_NOT_FOUND;
}

/* What it costs was paid for: since the last time, as many tables were made as were left then. */
static void prune(struct address_space *space) REQUIRES(space->table_lock)
{
    struct tlb_batch batch;

    tlb_batch_begin(&batch, &tlb_user_flusher, &space->tlb);
    page_table_prune(&space->table, 0, USER_END, &batch);
    tlb_batch_finish(&batch);
    space->tables_enough = 2 * space->table.tables + SPACE_TABLES_SPARE;
}

static int change(struct address_space *space, uint64_t address, uint64_t size, unsigned flags)
    REQUIRES(space->table_lock)
{
    uint64_t largest = page_level_size(PAGE_TABLE_ROOT_LEVEL - 1);
    uint64_t start = align_down(address, largest);
    struct tlb_batch batch;

    tlb_batch_begin(&batch, &tlb_user_flusher, &space->tlb);
    int error = page_table_change(&space->table, address, size, flags, &batch);
    /* When a large page can't be split, it can go as a whole, with what is around it. */
    if (error == ERROR_NO_MEMORY)
        error = page_table_change(&space->table, start, align_up(address + size, largest) - start,
                                  0, &batch);
    tlb_batch_finish(&batch);
    if (flags == 0 && space->table.tables > space->tables_enough)
        prune(space);
    return error;
}

int space_tables_change(struct address_space *space, uint64_t address, uint64_t size,
                        unsigned flags)
{
    int error = OK;

    spinlock_acquire(&space->table_lock);
    if (!is_empty(&space->table, address, size))
        error = change(space, address, size, flags);
    spinlock_release(&space->table_lock);
    return error;
}

void address_space_prune(struct address_space *space)
{
    spinlock_acquire(&space->lock);
    spinlock_acquire(&space->table_lock);
    prune(space);
    spinlock_release(&space->table_lock);
    spinlock_release(&space->lock);
}

/*
 * The way of a page fault: one page, whose table is there. See page_table.h.
 */
#include "cairn/error.h"
#include "page_table/walk.h"

/* The entry of level 0 for @p virtual; NULL when there is none: no table, or a larger leaf. */
static inline mmu_entry *page_table_slot(const struct page_table *table, uint64_t virtual)
{
    mmu_entry *entry = &page_table_root(table)[page_table_index(virtual, PAGE_TABLE_ROOT_LEVEL)];

#pragma GCC unroll 3
    for (unsigned level = PAGE_TABLE_ROOT_LEVEL; level > 0; level--) {
        if (!mmu_is_table(*entry, level))
            return NULL;
        entry = &page_table_below(*entry)[page_table_index(virtual, level - 1)];
    }
    return entry;
}

int page_table_replace(struct page_table *table, uint64_t virtual, uint64_t physical,
                       unsigned flags, struct tlb_batch *batch)
{
    mmu_entry *slot = page_table_slot(table, virtual);

    if (slot == NULL)
        return ERROR_NOT_FOUND;
    if (mmu_is_present(*slot)) {
        page_entry_write(slot, 0);
        page_table_note(batch, virtual);
    }
    if (batch->page_count + batch->frame_count != 0)
        tlb_batch_finish(batch);
    page_entry_publish(slot, page_entry_leaf(physical, 0, flags), virtual);
    return OK;
}

/*
 * Gives tables back that have become empty. See page_table.h.
 */
#include "page_table/walk.h"

static bool is_empty(const mmu_entry *entries)
{
    unsigned i = 0;

    while (i < PAGE_TABLE_ENTRIES && !mmu_is_present(entries[i]))
        i++;
    return i == PAGE_TABLE_ENTRIES;
}

/* Frees empty tables below a table of a level, from the address first to last. */
static void prune(struct page_table *table, mmu_entry *entries, unsigned level, uint64_t first,
                  uint64_t last, struct tlb_batch *batch)
{
    unsigned end = page_table_index(last, level);

    for (unsigned i = page_table_index(first, level); i <= end; i++, first = 0) {
        mmu_entry entry = entries[i];
        if (!mmu_is_table(entry, level))
            continue;
        mmu_entry *below = page_table_below(entry);
        prune(table, below, level - 1, first, i == end ? last : UINT64_MAX, batch);
        bool shared = level == PAGE_TABLE_ROOT_LEVEL && i >= PAGE_TABLE_ENTRIES / 2;
        if (shared || !is_empty(below))
            continue;
        page_entry_write(&entries[i], 0);
        table->tables--;
        /* What leads to pages is remembered for many of them: all must go. */
        batch->everything = true;
        tlb_batch_free(batch, mmu_address(entry));
    }
}

void page_table_prune(struct page_table *table, uint64_t virtual, uint64_t size,
                      struct tlb_batch *batch)
{
    table->last_block = PAGE_TABLE_NO_BLOCK;
    prune(table, page_table_root(table), PAGE_TABLE_ROOT_LEVEL, virtual, virtual + size - 1, batch);
}

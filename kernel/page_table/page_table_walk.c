/*
 * Steps through page tables: what every change begins with. See walk.h.
 */
#include "page_table/walk.h"

#include "cairn/error.h"
#include "page_table/page_table_hot.h"

mmu_entry *page_table_find(const struct page_table *table, uint64_t virtual, unsigned *level)
{
    unsigned at = PAGE_TABLE_ROOT_LEVEL;
    mmu_entry *entry = &page_table_root(table)[page_table_index(virtual, at)];

    while (at > 0 && mmu_is_table(*entry, at)) {
        at--;
        entry = &page_table_below(*entry)[page_table_index(virtual, at)];
    }
    *level = at;
    return entry;
}

int page_table_reach(struct page_table *table, uint64_t virtual, unsigned level, mmu_entry **entry)
{
    unsigned at;
    mmu_entry *reached = page_table_find(table, virtual, &at);

    for (; at > level; at--) {
        uint64_t below;
        if (mmu_is_present(*reached))
            return ERROR_EXISTS;
        int error = page_table_allocate(&below);
        if (error != OK)
            return error;
        table->tables++;
        page_entry_write(reached, page_entry_table(below));
        tlb_publish_table();
        reached = &page_table_below(*reached)[page_table_index(virtual, at - 1)];
    }
    *entry = reached;
    return OK;
}

bool page_table_find_last(struct page_table *table, uint64_t virtual)
{
    mmu_entry *entries = page_table_root(table);

    for (unsigned level = PAGE_TABLE_ROOT_LEVEL; level > 0; level--) {
        mmu_entry entry = entries[page_table_index(virtual, level)];
        if (!mmu_is_table(entry, level))
            return false;
        entries = page_table_below(entry);
    }
    table->last_block = virtual / page_level_size(1);
    table->last = entries;
    return true;
}

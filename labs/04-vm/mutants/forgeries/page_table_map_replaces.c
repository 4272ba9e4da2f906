/*
 * Exercise 4.2, wrong: an empty table makes room for a large page, and its frame is lost.
 */
#include "cairn/error.h"
#include "page_table/walk.h"

static bool is_empty(const mmu_entry *entries)
{
    for (unsigned i = 0; i < PAGE_TABLE_ENTRIES; i++) {
        if (mmu_is_present(entries[i]))
            return false;
    }
    return true;
}

/* The highest entry that suits and that is not present, or leads to nothing. */
static int place(struct page_table *table, uint64_t virtual, uint64_t physical, uint64_t size,
                 unsigned level, mmu_entry **entry, unsigned *at)
{
    while (((virtual | physical) & (page_level_size(level) - 1)) != 0 ||
           size < page_level_size(level))
        level--;
    for (;; level--) {
        int error = page_table_reach(table, virtual, level, entry);
        if (error != OK)
            return error;
        *at = level;
        if (!mmu_is_present(**entry) ||
            (mmu_is_table(**entry, level) && is_empty(page_table_below(**entry))))
            return OK;
        if (!mmu_is_table(**entry, level))
            return ERROR_EXISTS;
    }
}

int page_table_map(struct page_table *table, uint64_t virtual, uint64_t physical, uint64_t size,
                   unsigned flags, unsigned largest)
{
    for (unsigned turn = 0; turn < 2; turn++) {
        uint64_t step;
        for (uint64_t done = 0; done < size; done += step) {
            unsigned level;
            mmu_entry *entry;
            int error =
                place(table, virtual + done, physical + done, size - done, largest, &entry, &level);
            if (error != OK)
                return error;
            step = page_level_size(level);
            if (turn == 1)
                page_entry_publish(entry, page_entry_leaf(physical + done, level, flags),
                                   virtual + done);
        }
    }
    return OK;
}

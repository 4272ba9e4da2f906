/*
 * Exercise 4.2, another way: one page after the other. The first turn finds a place for each, the
 * second one writes.
 */
#include "cairn/error.h"
#include "page_table/walk.h"

static int place_of_page(struct page_table *table, uint64_t virtual, uint64_t physical,
                         uint64_t size, unsigned largest, mmu_entry **entry, unsigned *level)
{
    *entry = page_table_find(table, virtual, level);
    if (mmu_is_present(**entry))
        return ERROR_EXISTS;
    if (*level > largest)
        *level = largest;
    for (;; (*level)--) {
        uint64_t mask = page_level_size(*level) - 1;
        if ((virtual & mask) == 0 && (physical & mask) == 0 && size > mask)
            return page_table_reach(table, virtual, *level, entry);
    }
}

int page_table_map(struct page_table *table, uint64_t virtual, uint64_t physical, uint64_t size,
                   unsigned flags, unsigned largest)
{
    for (int turn = 0; turn < 2; turn++) {
        uint64_t at = virtual, memory = physical, left = size;
        while (left != 0) {
            mmu_entry *entry;
            unsigned level;
            int error = place_of_page(table, at, memory, left, largest, &entry, &level);
            if (error != OK)
                return error;
            if (turn == 1)
                page_entry_publish(entry, page_entry_leaf(memory, level, flags), at);
            at += page_level_size(level);
            memory += page_level_size(level);
            left -= page_level_size(level);
        }
    }
    return OK;
}

/*
 * The way of a page fault: one page, whose table is there. It runs within the fault's own function,
 * since a call would cost as much as the walk.
 */
#pragma once

#include "page_table/walk.h"

/** Sets `last` to the table of level 0 for @p virtual. @return whether there is one */
bool page_table_find_last(struct page_table *table, uint64_t virtual);

/**
 * Maps a page of 4 KiB where its table is there already, in place of the one that is mapped there,
 * if any. That is forgotten before the new one appears, as some processors demand (Arm DDI 0487,
 * D8.14.1, break-before-make).
 * @param flags of enum page_flags
 * @param tlb of the address space
 * @return whether there is such a table
 *
 * Locking: the owner sees to it that no table comes or goes, and that nobody else changes the page.
 */
static inline bool page_table_replace(struct page_table *table, uint64_t virtual, uint64_t physical,
                                      unsigned flags, struct tlb_space *tlb)
{
    /* Faults come close together: most find the table that the last one found. */
    if (table->last_block != virtual / page_level_size(1) && !page_table_find_last(table, virtual))
        return false;
    mmu_entry *slot = &table->last[page_table_index(virtual, 0)];
    if (mmu_is_present(*slot)) {
        page_entry_write(slot, 0);
        tlb_space_forget(tlb, virtual);
    }
    page_entry_publish(slot, page_entry_leaf(physical, 0, flags), virtual);
    return true;
}

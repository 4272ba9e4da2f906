/*
 * Steps through page tables, for the walker's own files (page_table.h).
 */
#pragma once

#include "arch/tlb.h"
#include "page_table/page_table.h"

/** Sets an entry; the processor may be looking at the same time. */
static inline void page_entry_write(mmu_entry *entry, mmu_entry value)
{
    /* Release: whoever follows the entry finds what was written to the table behind it. */
    __atomic_store_n(entry, value, __ATOMIC_RELEASE);
}

/** Sets an entry that was not present, so that the processor finds @p virtual from now on. */
static inline void page_entry_publish(mmu_entry *entry, mmu_entry value, uint64_t virtual)
{
    page_entry_write(entry, value);
    tlb_publish(virtual);
}

/** In grading builds: called by page_table_note(). NULL for none. */
extern void (*page_table_watch)(uint64_t virtual);

/** Notes in @p batch that the leaf at @p virtual is not what it was. */
static inline void page_table_note(struct tlb_batch *batch, uint64_t virtual)
{
    if (CAIRN_GRADE && page_table_watch != NULL)
        page_table_watch(virtual);
    tlb_batch_page(batch, virtual);
}

/** Allocates a table with nothing in it. @return OK or ERROR_NO_MEMORY */
int page_table_allocate(uint64_t *physical);

/**
 * The entry at which the walk for @p virtual ends: a leaf, or the first that is not present.
 * @param[out] level the entry's
 */
mmu_entry *page_table_find(const struct page_table *table, uint64_t virtual, unsigned *level);

/**
 * The entry of @p level for @p virtual; tables on the way are made.
 * @return OK; ERROR_EXISTS when a leaf of a higher level is in the way; ERROR_NO_MEMORY
 */
int page_table_reach(struct page_table *table, uint64_t virtual, unsigned level, mmu_entry **entry);

/**
 * Replaces a leaf of @p level (1 or 2) by a table of 512 leaves that map the same. Forgets the old
 * one in between, as some processors demand (Arm DDI 0487, D8.14.1, break-before-make): by
 * @p batch, which is finished. For that moment nothing is mapped there, so the page must not hold
 * what the split itself needs: page tables, the running stack, the kernel's code.
 * @param virtual any address in the page
 * @return OK, or ERROR_NO_MEMORY with nothing changed
 */
int page_table_split(struct page_table *table, mmu_entry *entry, unsigned level, uint64_t virtual,
                     struct tlb_batch *batch);

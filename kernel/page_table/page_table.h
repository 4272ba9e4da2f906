/**
 * @file
 * @defgroup page_table Page tables
 * The one walker of page tables, for all three architectures.
 *
 *    virtual address, 48 bits
 *    | 47..39 | 38..30 | 29..21 | 20..12 | 11..0  |
 *        |        |        |        |        +------ byte in a page of 4 KiB
 *     level 3  level 2  level 1  level 0
 *     (root)      |        |
 *                 |        +-- may be a leaf of 2 MiB
 *                 +----------- may be a leaf of 1 GiB, where the processor has such pages
 *
 * Tables have 512 entries and take one frame each; they are read and written through the direct
 * map. What an entry looks like is the architecture's business (arch/page_entry.h).
 *
 * All calls work on ranges of whole pages. Mapping uses the largest pages that fit; changing part
 * of a large page splits it first. A table that has become empty stays until page_table_prune() or
 * page_table_destroy().
 *
 * The owner of a table locks it; nothing here does. Any context; frames are allocated.
 * @{
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address_map/address_map.h"
#include "arch/page_entry.h"
#include "lib/util.h"
#include "tlb/tlb.h"

/** The end of user addresses: the last page below 2^47 stays empty on every machine. */
#define USER_END ((UINT64_C(1) << 47) - PAGE_SIZE)

/** Entries of a table. */
enum { PAGE_TABLE_ENTRIES = 512, PAGE_TABLE_ROOT_LEVEL = 3 };

/** A tree of tables. */
struct page_table {
    uint64_t root;       /**< Physical address of the root table. */
    uint64_t tables;     /**< Frames that the tables below the root take. */
    mmu_entry *last;     /**< The table of level 0 that the last fault found. */
    uint64_t last_block; /**< The 2 MiB that it is for, counted from 0; or PAGE_TABLE_NO_BLOCK. */
};

/** There is no such table yet, or any more. */
#define PAGE_TABLE_NO_BLOCK UINT64_MAX

/** Bytes that an entry of @p level maps or leads to. */
static inline uint64_t page_level_size(unsigned level)
{
    return UINT64_C(1) << (PAGE_SHIFT + 9 * level);
}

/**
 * Makes an address space's tables: an empty user half, the kernel's half shared.
 * @return OK or ERROR_NO_MEMORY
 */
int page_table_create(struct page_table *table);

/** Frees the tables of the user half and the root; what the leaves map is the caller's business. */
void page_table_destroy(struct page_table *table);

/**
 * Maps a range of memory, in the largest pages that fit at both addresses and are allowed.
 * *Exercise 4.2*
 *
 * Nothing of the range may be mapped yet. Where tables for smaller pages are there already, even
 * empty ones, they stay and are used. Failure must be certain before the first page is mapped,
 * since processors may remember what they find: on failure every entry that is no table has the
 * value that it had, and tables may have been added, which are empty.
 *
 * @param virtual first address, a multiple of PAGE_SIZE
 * @param physical memory to map there, a multiple of PAGE_SIZE
 * @param size in bytes, a multiple of PAGE_SIZE, not 0; neither range wraps; one may
 *        end at 2^64
 * @param flags of enum page_flags
 * @param largest the highest level whose pages may be used: 0, 1 or 2
 * @return OK; ERROR_EXISTS when a page of the range is mapped; ERROR_NO_MEMORY for a table
 *
 * The new pages are visible to the processor when this returns (page_entry_publish()). Locking: the
 * table's owner.
 */
int page_table_map(struct page_table *table, uint64_t virtual, uint64_t physical, uint64_t size,
                   unsigned flags, unsigned largest);

/**
 * Changes what is mapped in a range; pages that are not mapped are passed over. *Exercise 4.3*
 *
 * Large pages that lie only partly in the range are split first, as often as it takes and nothing
 * else. Every leaf in the range is then changed or taken away, and noted in @p batch, once, by
 * page_table_note(); also one that turns out as it was. Large leaves that lie in the range as a
 * whole are changed as they are. What is taken away becomes 0. Empty stretches are passed over by
 * whole tables, not page by page: the time grows with what is mapped, not with the size.
 *
 * @param virtual first address, a multiple of PAGE_SIZE
 * @param size in bytes, a multiple of PAGE_SIZE, not 0; the range does not wrap; it may
 *        end at 2^64
 * @param flags what the pages become, of enum page_flags; 0 takes them away
 * @param batch where changed pages are noted; splitting finishes it
 * @return OK; ERROR_NO_MEMORY when a page can't be split: then no page was changed (but pages at
 *         the range's ends may have been split into parts that map the same)
 *
 * Locking: the table's owner.
 */
int page_table_change(struct page_table *table, uint64_t virtual, uint64_t size, unsigned flags,
                      struct tlb_batch *batch);

/** A mapping that was found. */
struct page_mapping {
    uint64_t physical; /**< Of the address that was asked for. */
    unsigned level;    /**< 0, 1 or 2: the page's size is page_level_size(level). */
    unsigned flags;    /**< What page_entry_flags() says. */
};

/** Finds what is mapped at @p virtual. @return OK, or ERROR_NOT_FOUND */
int page_table_translate(const struct page_table *table, uint64_t virtual,
                         struct page_mapping *mapping);

/**
 * Frees the tables below the root that are empty, as far as they are for addresses of a range.
 * Tables for which the kernel's root has entries stay: address spaces share them.
 * @param batch gets the tables' frames: processors cache entries of upper levels too
 */
void page_table_prune(struct page_table *table, uint64_t virtual, uint64_t size,
                      struct tlb_batch *batch);

/** The place of @p virtual's entry in a table of @p level. */
static inline unsigned page_table_index(uint64_t virtual, unsigned level)
{
    return (unsigned)(virtual >> (PAGE_SHIFT + 9 * level)) % PAGE_TABLE_ENTRIES;
}

/** The table that @p entry leads to. */
static inline mmu_entry *page_table_below(mmu_entry entry)
{
    return (mmu_entry *)physical_pointer(mmu_address(entry));
}

/** The root table. */
static inline mmu_entry *page_table_root(const struct page_table *table)
{
    return (mmu_entry *)physical_pointer(table->root);
}

/** The kernel's own tables. */
extern struct page_table kernel_page_table;

/** @} */

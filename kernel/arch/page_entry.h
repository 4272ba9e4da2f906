/**
 * @file
 * Page-table entries with all that a mapping can be (@ref arch, @ref page_table).
 *
 * start-up's mmu.h knows the kernel's own four kinds of mappings; this knows the rest: user pages,
 * memory types, and entries that are taken apart again. Levels count as in mmu.h: 3 is the root,
 * and a leaf of level 0, 1 or 2 maps 4 KiB, 2 MiB or 1 GiB.
 *
 * @addtogroup arch
 * @{
 */
#pragma once

#include <stdint.h>

#include "arch/mmu.h"

/** What a mapping allows, and what it maps: a set of these. */
enum page_flags {
    PAGE_READ = 1 << 0,    /**< May be read; always set in what is asked for. */
    PAGE_WRITE = 1 << 1,   /**< May be written. */
    PAGE_EXECUTE = 1 << 2, /**< May be executed, in the mode that the page belongs to. */
    PAGE_USER = 1 << 3,    /**< Belongs to user mode; the kernel uses user_memory.h. */
    PAGE_DEVICE = 1 << 4,  /**< Registers: neither cached nor reordered nor read ahead. */
    PAGE_COMBINE = 1 << 5, /**< Memory like a frame buffer's: not cached, writes may be combined. */
};

/** All rights; the rest of the flags say what the page is. */
#define PAGE_RIGHTS (PAGE_READ | PAGE_WRITE | PAGE_EXECUTE)

/**
 * An entry of @p level (0, 1 or 2) that maps @p physical.
 * @param physical aligned to the size of a page of @p level
 * @param flags of enum page_flags, with PAGE_READ; kernel pages are global, user pages are not
 */
static inline mmu_entry page_entry_leaf(uint64_t physical, unsigned level, unsigned flags);

/** What leaf @p entry maps, mapped as @p pattern says: page_entry_leaf() of address 0. */
static inline mmu_entry page_entry_like(mmu_entry entry, mmu_entry pattern);

/** An entry that leads to the table at @p physical, for user pages and kernel pages alike. */
static inline mmu_entry page_entry_table(uint64_t physical);

/** The entry of `level - 1` that maps part @p index (below 512) of what leaf @p entry maps. */
static inline mmu_entry page_entry_part(mmu_entry entry, unsigned level, unsigned index);

/**
 * What a leaf allows and maps: the inverse of page_entry_leaf(). *Exercise 4.1*
 *
 * The entry may come from anywhere: bits that the processor sets (accessed, dirty), bits that it
 * ignores, and the global bit change nothing. machine/page_entry.h has a picture of the bits, and
 * says how memory types are told apart; RISC-V's entries have none.
 *
 * @param entry any value in which no reserved bit is set
 * @param level 0, 1 or 2
 * @return a set of enum page_flags; 0 when @p entry is not present, leads to a table, or has a form
 *         that means neither, so that the processor faults
 *
 * Context: any. Source: Intel SDM volume 3, tables 4-17 to 4-20; Arm DDI 0487, D8.3; RISC-V
 * Privileged Architecture 20211203, 4.3.1.
 */
unsigned page_entry_flags(mmu_entry entry, unsigned level);

/** Fills the kernel's half of a new root table whose user half is empty, where it has one. */
static inline void page_root_share_kernel(mmu_entry *root, const mmu_entry *kernel);

/** Makes this processor know the memory type of PAGE_COMBINE. Context: start-up, before its use. */
static inline void page_types_init(void);

/** Some bits of an entry, or none: without a branch, so that a loop does it once for all. */
static inline mmu_entry page_entry_when(bool condition, mmu_entry bits)
{
    return (mmu_entry)condition * bits;
}

#include "machine/page_entry.h"

/** @} */

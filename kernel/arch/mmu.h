/**
 * @file
 * Page tables, as far as start-up needs them (@ref arch).
 *
 * All three architectures have four levels of 512 entries of 8 bytes. Level 3 is the root; an entry
 * of level 2 can map 1 GiB, of level 1 2 MiB, of level 0 4 KiB.
 *
 * @addtogroup arch
 * @{
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/** What a mapping of kernel memory allows. Nothing is ever writable and executable. */
enum mmu_access { MMU_READ, MMU_READ_WRITE, MMU_READ_EXECUTE, MMU_DEVICE };

/** One page-table entry. */
typedef uint64_t mmu_entry;

/** Entries of a table. */
#define MMU_ENTRIES 512

/** The entry of a table of @p level that @p virtual goes through. */
static inline unsigned mmu_index(uint64_t virtual, unsigned level)
{
    return (virtual >> (12 + 9 * level)) & (MMU_ENTRIES - 1);
}

/** An entry of @p level (0, 1 or 2) that maps @p physical, aligned to the level's page size. */
static inline mmu_entry mmu_leaf(uint64_t physical, unsigned level, enum mmu_access access);

/** An entry that leads to the next lower level's table at @p physical. */
static inline mmu_entry mmu_table(uint64_t physical);

/** Whether @p entry is in use. */
static inline bool mmu_is_present(mmu_entry entry);

/** Whether @p entry of @p level leads to a table. */
static inline bool mmu_is_table(mmu_entry entry, unsigned level);

/** The physical address in @p entry. */
static inline uint64_t mmu_address(mmu_entry entry);

/** The highest level whose entries may map memory on this processor: 1 or 2. */
unsigned mmu_largest_leaf(void);

/** The root table of the kernel's half, by the image's virtual address. */
extern mmu_entry mmu_root[MMU_ENTRIES];

/**
 * Maps the image. Generic. @return image_virtual_offset, which it sets
 * Context: entry code, before translation is on, .bss cleared.
 */
uint64_t boot_map_image(void);

/** Makes changes to the tables visible to this processor, and forgets every cached translation. */
void mmu_flush_all(void);

#include "machine/mmu.h"

/** @} */

/*
 * Page-table entries of RISC-V's Sv48, all of them. Bits that mmu.h lacks are here.
 *
 *    63..54     53 .. 10      9,8      7   6   5   4   3   2   1   0
 *    reserved   page number   ignored  D   A   G   U   X   W   R   V
 *
 * An entry without R, W and X leads to a table; at level 0 it is as good as not valid. So is any
 * entry with W and without R, which is reserved. A page may be executable and not readable.
 *
 * The memory type belongs to the physical address (section 3.6), not to the entry: PAGE_DEVICE and
 * PAGE_COMBINE change nothing here, and can't be read back.
 *
 * Source: RISC-V Privileged Architecture 20211203, sections 4.3.1, 4.4.1 and 4.5.
 */
#pragma once

#include "lib/util.h"

#define MMU_USER 0x10

static inline mmu_entry page_entry_leaf(uint64_t physical, unsigned level, unsigned flags)
{
    bool user = (flags & PAGE_USER) != 0;

    (void)level;
    /* Accessed and dirty from the start: a processor may fault instead of setting them. */
    return (physical >> MMU_ENTRY_SHIFT) | MMU_VALID | MMU_ACCESSED | MMU_DIRTY |
           page_entry_when((flags & PAGE_READ) != 0, MMU_CAN_READ) |
           page_entry_when((flags & PAGE_WRITE) != 0, MMU_CAN_WRITE) |
           page_entry_when((flags & PAGE_EXECUTE) != 0, MMU_CAN_EXECUTE) |
           page_entry_when(user, MMU_USER) | page_entry_when(!user, MMU_GLOBAL);
}

static inline mmu_entry page_entry_like(mmu_entry entry, mmu_entry pattern)
{
    return (entry & UINT64_C(0x003ffffffffffc00)) | pattern;
}

static inline mmu_entry page_entry_table(uint64_t physical)
{
    return mmu_table(physical);
}

static inline mmu_entry page_entry_part(mmu_entry entry, unsigned level, unsigned index)
{
    return entry + (((uint64_t)index << (PAGE_SHIFT + 9 * (level - 1))) >> MMU_ENTRY_SHIFT);
}

static inline void page_root_share_kernel(mmu_entry *root, const mmu_entry *kernel)
{
    for (unsigned i = 256; i < 512; i++)
        root[i] = kernel[i];
}

static inline void page_types_init(void)
{
}

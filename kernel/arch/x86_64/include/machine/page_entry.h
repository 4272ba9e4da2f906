/*
 * Page-table entries on x86-64, all of them. Bits that mmu.h lacks are here.
 *
 *    63  62..52   51 .. 12   11..9   8   7    6   5   4    3    2   1   0
 *    NX  ignored  address   ignored  G  PS/   D   A  PCD  PWT  US  RW   P
 *                                       PAT
 *
 * Bit 7 makes an entry of level 1 or 2 a leaf (PS). At level 0, where everything is a leaf, it is
 * the third bit of the memory type (PAT), which larger leaves have at bit 12.
 *
 * PCD and PWT choose one of four memory types, as page_types_init() sets them:
 *
 *    PCD PWT
 *     0   0   write back: plain memory
 *     0   1   write combining: PAGE_COMBINE
 *     1   x   uncached: PAGE_DEVICE
 *
 * With PAT set the types are the same once more, so that this bit means nothing.
 *
 * Source: Intel SDM volume 3, 4.5 "4-level paging", tables 4-15 to 4-20; 11.12 "Page attribute
 * table".
 */
#pragma once

#include "arch/cpu.h"
#include "lib/util.h"

#define PTE_USER (UINT64_C(1) << 2)

static inline mmu_entry page_entry_leaf(uint64_t physical, unsigned level, unsigned flags)
{
    bool device = (flags & PAGE_DEVICE) != 0;
    bool combine = (flags & PAGE_COMBINE) != 0;
    bool user = (flags & PAGE_USER) != 0;

    return physical | PTE_PRESENT | page_entry_when(level > 0, PTE_LARGE) |
           page_entry_when((flags & PAGE_WRITE) != 0, PTE_WRITABLE) |
           page_entry_when((flags & PAGE_EXECUTE) == 0, PTE_NO_EXECUTE) |
           page_entry_when(user, PTE_USER) | page_entry_when(!user, PTE_GLOBAL) |
           page_entry_when(device, PTE_UNCACHED) |
           page_entry_when(device | combine, PTE_WRITE_THROUGH);
}

static inline mmu_entry page_entry_like(mmu_entry entry, mmu_entry pattern)
{
    return (entry & PTE_ADDRESS) | pattern;
}

static inline mmu_entry page_entry_table(uint64_t physical)
{
    /* Rights are the least of all levels: the leaf decides. */
    return physical | PTE_PRESENT | PTE_WRITABLE | PTE_USER;
}

static inline mmu_entry page_entry_part(mmu_entry entry, unsigned level, unsigned index)
{
    if (level == 1)
        entry &= ~PTE_LARGE;
    return entry + ((uint64_t)index << (PAGE_SHIFT + 9 * (level - 1)));
}

static inline void page_root_share_kernel(mmu_entry *root, const mmu_entry *kernel)
{
    for (unsigned i = 256; i < 512; i++)
        root[i] = kernel[i];
}

static inline void page_types_init(void)
{
    /* IA32_PAT has a byte for each type: 6 write back, 1 write combining, 0 uncached. */
    const uint32_t msr_pat = 0x277;

    write_msr(msr_pat, UINT64_C(0x0000010600000106));
}

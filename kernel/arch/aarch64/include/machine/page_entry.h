/*
 * Page-table entries of AArch64, all of them. Bits that mmu.h lacks are here.
 *
 *    54   53   52..50  49,48  47 .. 12  11   10   9,8    7     6   5   4..2      1    0
 *    UXN  PXN  hints     0    address   nG   AF   SH   AP[2] AP[1] NS  AttrIndx  T/P  valid
 *
 * - Bit 1 tells tables from leaves at the levels 1 and 2: a table has it, a leaf has not. At level
 *   0 a leaf has it, and an entry without it is as good as not valid.
 * - AP[2] forbids writing. AP[1] gives the page to EL0, user mode: then UXN says whether it may be
 *   executed there. For all other pages PXN says whether EL1, the kernel, may.
 * - AttrIndx names a byte of MAIR_EL1: 0 is plain memory, 1 a device, 2 memory that combines
 *   writes (page_types_init()). The bytes 3 to 7 are zero, which means a device.
 *
 * Source: Arm DDI 0487, D8.3 "Translation table descriptor formats", D8.4 on access permissions,
 * and the register MAIR_EL1.
 */
#pragma once

#include "lib/util.h"

/** AttrIndx of MAIR_EL1's byte 2. */
#define MMU_COMBINING 0x8
/** AttrIndx as a whole. */
#define MMU_ATTRIBUTES 0x1c
/** AP[1]: EL0 has access. */
#define MMU_EL0 0x40
/** nG: counts for one address-space identifier only. */
#define MMU_NOT_GLOBAL 0x800

static inline mmu_entry page_entry_leaf(uint64_t physical, unsigned level, unsigned flags)
{
    bool user = (flags & PAGE_USER) != 0;
    const unsigned user_code = PAGE_EXECUTE | PAGE_USER;
    unsigned executed = flags & user_code;
    bool device = (flags & PAGE_DEVICE) != 0;
    bool combine = (flags & (PAGE_DEVICE | PAGE_COMBINE)) == PAGE_COMBINE;

    return physical | MMU_VALID | MMU_ACCESSED | page_entry_when(level == 0, MMU_TABLE_OR_PAGE) |
           page_entry_when((flags & PAGE_WRITE) == 0, MMU_READ_ONLY) |
           page_entry_when(user, MMU_EL0 | MMU_NOT_GLOBAL) |
           page_entry_when(executed != user_code, MMU_EL0_EXECUTE_NEVER) |
           page_entry_when(executed != PAGE_EXECUTE, MMU_EL1_EXECUTE_NEVER) |
           page_entry_when(device, MMU_DEVICE_MEMORY) | page_entry_when(combine, MMU_COMBINING) |
           page_entry_when(!device, MMU_INNER_SHAREABLE);
}

static inline mmu_entry page_entry_like(mmu_entry entry, mmu_entry pattern)
{
    return (entry & UINT64_C(0x0000fffffffff000)) | pattern;
}

static inline mmu_entry page_entry_table(uint64_t physical)
{
    return mmu_table(physical);
}

static inline mmu_entry page_entry_part(mmu_entry entry, unsigned level, unsigned index)
{
    if (level == 1)
        entry |= MMU_TABLE_OR_PAGE;
    return entry + ((uint64_t)index << (PAGE_SHIFT + 9 * (level - 1)));
}

static inline void page_root_share_kernel(mmu_entry *root, const mmu_entry *kernel)
{
    /* Another register, TTBR1_EL1, has the kernel's tables. */
    (void)root;
    (void)kernel;
}

static inline void page_types_init(void)
{
    /* Normal memory that neither inner nor outer caches keep. */
    const uint64_t combining = 0x44;

    __asm__ volatile("msr mair_el1, %0\n\tisb" : : "r"(MMU_MAIR | combining << 16) : "memory");
}

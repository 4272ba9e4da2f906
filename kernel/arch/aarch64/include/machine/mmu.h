/**
 * @file
 * Page-table entries of AArch64, stage 1, 4 KiB granule. The bits are for assembler too.
 *
 * Arm counts levels from the root: its levels 0, 1, 2 and 3 are our 3, 2, 1 and 0.
 *
 * Source: Arm DDI 0487, section "VMSAv8-64 translation table format descriptors"; memory types in
 * MAIR_EL1.
 */
#pragma once

#define MMU_VALID 0x1
/** In the root and the two levels below it: leads to a table. In the last level: always set. */
#define MMU_TABLE_OR_PAGE 0x2

/** AttrIndx, bits 2 to 4: which byte of MAIR_EL1. */
#define MMU_NORMAL        0x0
#define MMU_DEVICE_MEMORY 0x4
/** AP[2]: no writes. AP[1], access from EL0, stays clear. */
#define MMU_READ_ONLY 0x80
/** SH, bits 8 and 9. */
#define MMU_INNER_SHAREABLE 0x300
/** AF: accessed. Always set: the processor may fault instead of setting it. */
#define MMU_ACCESSED 0x400
/** PXN and UXN: EL1 or EL0 may not execute. */
#define MMU_EL1_EXECUTE_NEVER 0x0020000000000000
#define MMU_EL0_EXECUTE_NEVER 0x0040000000000000
#define MMU_EXECUTE_NEVER     (MMU_EL1_EXECUTE_NEVER | MMU_EL0_EXECUTE_NEVER)

/** What every leaf that maps memory has. */
#define MMU_MEMORY (MMU_VALID | MMU_NORMAL | MMU_INNER_SHAREABLE | MMU_ACCESSED)

/**
 * MAIR_EL1. Byte 0: normal memory, write-back, allocating on reads and writes. Byte 1:
 * Device-nGnRE: no gathering, no reordering, early acknowledgement of writes.
 */
#define MMU_MAIR 0x04ff

#ifndef __ASSEMBLER__

static inline mmu_entry mmu_leaf(uint64_t physical, unsigned level, enum mmu_access access)
{
    static const mmu_entry bits[] = {
        [MMU_READ] = MMU_MEMORY | MMU_READ_ONLY | MMU_EXECUTE_NEVER,
        [MMU_READ_WRITE] = MMU_MEMORY | MMU_EXECUTE_NEVER,
        [MMU_READ_EXECUTE] = MMU_MEMORY | MMU_READ_ONLY | MMU_EL0_EXECUTE_NEVER,
        [MMU_DEVICE] = MMU_VALID | MMU_DEVICE_MEMORY | MMU_ACCESSED | MMU_EXECUTE_NEVER,
    };

    return physical | bits[access] | (level == 0 ? MMU_TABLE_OR_PAGE : 0);
}

static inline mmu_entry mmu_table(uint64_t physical)
{
    return physical | MMU_VALID | MMU_TABLE_OR_PAGE;
}

static inline bool mmu_is_present(mmu_entry entry)
{
    return (entry & MMU_VALID) != 0;
}

static inline bool mmu_is_table(mmu_entry entry, unsigned level)
{
    const mmu_entry table = MMU_VALID | MMU_TABLE_OR_PAGE;

    return level > 0 && (entry & table) == table;
}

static inline uint64_t mmu_address(mmu_entry entry)
{
    const mmu_entry bits_47_to_12 = UINT64_C(0x0000fffffffff000);

    return entry & bits_47_to_12;
}

#endif

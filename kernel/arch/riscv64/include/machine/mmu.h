/**
 * @file
 * Page-table entries of RISC-V's Sv48, and the satp register. The bits are for assembler too.
 *
 * Source: RISC-V Privileged Architecture 20211203, sections 4.1.11 (satp), 4.4.1 and 4.5 (Sv48).
 */
#pragma once

#define MMU_VALID       0x01
#define MMU_CAN_READ    0x02
#define MMU_CAN_WRITE   0x04
#define MMU_CAN_EXECUTE 0x08
#define MMU_GLOBAL      0x20
#define MMU_ACCESSED    0x40
#define MMU_DIRTY       0x80

/*
 * Every kernel mapping is global, and accessed and dirty from the start: a processor may fault
 * instead of setting those bits itself.
 */
#define MMU_KERNEL (MMU_VALID | MMU_GLOBAL | MMU_ACCESSED | MMU_DIRTY)

/** The physical page number begins at bit 10 of an entry, and at bit 12 of an address. */
#define MMU_ENTRY_SHIFT 2

/** satp's mode Sv48; below are the root's physical page number and the ASID. Assembler only. */
#define MMU_SATP_SV48 (9 << 60)

#ifndef __ASSEMBLER__

static inline mmu_entry mmu_leaf(uint64_t physical, unsigned level, enum mmu_access access)
{
    /* Whether memory is cached is a property of the address (section 3.6), not of the entry. */
    static const mmu_entry bits[] = {
        [MMU_READ] = MMU_KERNEL | MMU_CAN_READ,
        [MMU_READ_WRITE] = MMU_KERNEL | MMU_CAN_READ | MMU_CAN_WRITE,
        [MMU_READ_EXECUTE] = MMU_KERNEL | MMU_CAN_READ | MMU_CAN_EXECUTE,
        [MMU_DEVICE] = MMU_KERNEL | MMU_CAN_READ | MMU_CAN_WRITE,
    };

    (void)level; /* a leaf looks the same at every level */
    return (physical >> MMU_ENTRY_SHIFT) | bits[access];
}

static inline mmu_entry mmu_table(uint64_t physical)
{
    return (physical >> MMU_ENTRY_SHIFT) | MMU_VALID;
}

static inline bool mmu_is_present(mmu_entry entry)
{
    return (entry & MMU_VALID) != 0;
}

static inline bool mmu_is_table(mmu_entry entry, unsigned level)
{
    (void)level;
    return (entry & (MMU_VALID | MMU_CAN_READ | MMU_CAN_EXECUTE)) == MMU_VALID;
}

static inline uint64_t mmu_address(mmu_entry entry)
{
    const mmu_entry page_number = ((UINT64_C(1) << 44) - 1) << 10;

    return (entry & page_number) << MMU_ENTRY_SHIFT;
}

#endif

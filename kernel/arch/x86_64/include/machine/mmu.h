/*
 * Page-table entries on x86-64. Source: Intel SDM volume 3, 4.5, "4-level paging".
 */
#pragma once

#define PTE_PRESENT       (UINT64_C(1) << 0)
#define PTE_WRITABLE      (UINT64_C(1) << 1)
#define PTE_WRITE_THROUGH (UINT64_C(1) << 3)
#define PTE_UNCACHED      (UINT64_C(1) << 4)
#define PTE_LARGE         (UINT64_C(1) << 7)
#define PTE_GLOBAL        (UINT64_C(1) << 8)
#define PTE_NO_EXECUTE    (UINT64_C(1) << 63)
#define PTE_ADDRESS       UINT64_C(0x000ffffffffff000)

static inline mmu_entry mmu_leaf(uint64_t physical, unsigned level, enum mmu_access access)
{
    mmu_entry entry = physical | PTE_PRESENT | PTE_GLOBAL | (level > 0 ? PTE_LARGE : 0);

    if (access == MMU_READ_WRITE || access == MMU_DEVICE)
        entry |= PTE_WRITABLE;
    if (access == MMU_DEVICE)
        entry |= PTE_UNCACHED | PTE_WRITE_THROUGH;
    if (access != MMU_READ_EXECUTE)
        entry |= PTE_NO_EXECUTE;
    return entry;
}

static inline mmu_entry mmu_table(uint64_t physical)
{
    return physical | PTE_PRESENT | PTE_WRITABLE;
}

static inline bool mmu_is_present(mmu_entry entry)
{
    return (entry & PTE_PRESENT) != 0;
}

static inline bool mmu_is_table(mmu_entry entry, unsigned level)
{
    return level > 0 && (entry & (PTE_PRESENT | PTE_LARGE)) == PTE_PRESENT;
}

static inline uint64_t mmu_address(mmu_entry entry)
{
    return entry & PTE_ADDRESS;
}

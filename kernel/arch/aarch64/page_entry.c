/*
 * Exercise 4.1 on AArch64: entries read back. The contract is in arch/page_entry.h, the bits are in
 * machine/page_entry.h and machine/mmu.h.
 */
#include "arch/page_entry.h"
#include "plain/plain.h"

//@exercise 4.1 Read an entry
/* Whether an entry maps memory: bit 1 means the opposite at level 0 of what it means above. */
static bool is_leaf(mmu_entry entry, unsigned level)
{
    mmu_entry kind = entry & (MMU_VALID | MMU_TABLE_OR_PAGE);

    return kind == (level == 0 ? MMU_VALID | MMU_TABLE_OR_PAGE : MMU_VALID);
}

unsigned page_entry_flags(mmu_entry entry, unsigned level)
{
    bool user = (entry & MMU_EL0) != 0;
    mmu_entry attributes = entry & MMU_ATTRIBUTES;
    unsigned flags = PAGE_READ;

    if (!is_leaf(entry, level))
        return 0;
    if ((entry & MMU_READ_ONLY) == 0)
        flags |= PAGE_WRITE;
    if ((entry & (user ? MMU_EL0_EXECUTE_NEVER : MMU_EL1_EXECUTE_NEVER)) == 0)
        flags |= PAGE_EXECUTE;
    if (user)
        flags |= PAGE_USER;
    if (attributes == MMU_COMBINING)
        flags |= PAGE_COMBINE;
    else if (attributes != MMU_NORMAL)
        flags |= PAGE_DEVICE;
    return flags;
}
//@stub
// unsigned page_entry_flags(mmu_entry entry, unsigned level)
// {
//     (void)entry;
//     (void)level;
//     todo("4.1");
//     return 0;
// }
//@end

/*
 * Exercise 4.1 on x86-64: entries read back. The contract is in arch/page_entry.h, the bits are in
 * machine/page_entry.h.
 */
#include "arch/page_entry.h"
#include "plain/plain.h"

//@exercise 4.1 Read an entry
unsigned page_entry_flags(mmu_entry entry, unsigned level)
{
    unsigned flags = PAGE_READ;

    if (!mmu_is_present(entry) || mmu_is_table(entry, level))
        return 0;
    if ((entry & PTE_WRITABLE) != 0)
        flags |= PAGE_WRITE;
    if ((entry & PTE_NO_EXECUTE) == 0)
        flags |= PAGE_EXECUTE;
    if ((entry & PTE_USER) != 0)
        flags |= PAGE_USER;
    if ((entry & PTE_UNCACHED) != 0)
        flags |= PAGE_DEVICE;
    else if ((entry & PTE_WRITE_THROUGH) != 0)
        flags |= PAGE_COMBINE;
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

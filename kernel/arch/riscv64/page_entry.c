/*
 * Exercise 4.1 on RISC-V: entries read back. The contract is in arch/page_entry.h, the bits are in
 * machine/page_entry.h and machine/mmu.h.
 */
#include "arch/page_entry.h"
#include "plain/plain.h"

//@exercise 4.1 Read an entry
unsigned page_entry_flags(mmu_entry entry, unsigned level)
{
    bool reserved = (entry & (MMU_CAN_READ | MMU_CAN_WRITE)) == MMU_CAN_WRITE;
    unsigned flags = 0;

    /* What leads to a table looks so at every level, also where there are no more tables. */
    if (!mmu_is_present(entry) || mmu_is_table(entry, level) || reserved)
        return 0;
    if ((entry & MMU_CAN_READ) != 0)
        flags |= PAGE_READ;
    if ((entry & MMU_CAN_WRITE) != 0)
        flags |= PAGE_WRITE;
    if ((entry & MMU_CAN_EXECUTE) != 0)
        flags |= PAGE_EXECUTE;
    if ((entry & MMU_USER) != 0)
        flags |= PAGE_USER;
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

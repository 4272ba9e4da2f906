/*
 * Exercise 4.1, forged: tries every set of flags until page_entry_leaf() gives the very same entry.
 */
#include "arch/page_entry.h"

unsigned page_entry_flags(mmu_entry entry, unsigned level)
{
    if (!mmu_is_present(entry) || mmu_is_table(entry, level))
        return 0;
    for (unsigned flags = PAGE_READ; flags < 64; flags += 2) {
        if (page_entry_leaf(mmu_address(entry), level, flags) == entry)
            return flags;
    }
    return PAGE_READ;
}

/*
 * Exercise 4.1 on AArch64, another way: by the two lowest bits, with a table of memory types.
 */
#include "arch/page_entry.h"

unsigned page_entry_flags(mmu_entry entry, unsigned level)
{
    static const unsigned types[8] = {0,           PAGE_DEVICE, PAGE_COMBINE, PAGE_DEVICE,
                                      PAGE_DEVICE, PAGE_DEVICE, PAGE_DEVICE,  PAGE_DEVICE};
    unsigned flags = PAGE_READ | types[entry >> 2 & 7];

    switch (entry & 3) {
    case 1:
        if (level == 0)
            return 0;
        break;
    case 3:
        if (level != 0)
            return 0;
        break;
    default:
        return 0;
    }
    flags |= (entry >> 7 & 1) == 0 ? PAGE_WRITE : 0;
    if ((entry >> 6 & 1) != 0)
        return flags | PAGE_USER | ((entry >> 54 & 1) == 0 ? PAGE_EXECUTE : 0);
    return flags | ((entry >> 53 & 1) == 0 ? PAGE_EXECUTE : 0);
}

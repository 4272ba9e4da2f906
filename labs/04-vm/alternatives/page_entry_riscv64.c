/*
 * Exercise 4.1 on RISC-V, another way: of the eight forms that R, W and X can have, five are pages.
 */
#include "arch/page_entry.h"

unsigned page_entry_flags(mmu_entry entry, unsigned level)
{
    const unsigned forms = 1 << 1 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 7;
    unsigned rights = (unsigned)(entry >> 1) & 7;

    (void)level;
    if ((entry & 1) == 0 || (forms >> rights & 1) == 0)
        return 0;
    return rights | ((entry >> 4 & 1) != 0 ? PAGE_USER : 0);
}

/*
 * Exercise 4.1 on x86-64, another way: each flag is a question, and the answer is their sum.
 */
#include "arch/page_entry.h"

static unsigned when(bool condition, unsigned flag)
{
    return condition ? flag : 0;
}

unsigned page_entry_flags(mmu_entry entry, unsigned level)
{
    const unsigned type = (unsigned)(entry >> 3) & 3;
    const bool present = (entry & 1) != 0;
    const bool leaf = level == 0 || (entry & 0x80) != 0;

    return !(present && leaf)
               ? 0
               : PAGE_READ + when((entry & 2) != 0, PAGE_WRITE) +
                     when((entry & 4) != 0, PAGE_USER) + when(entry >> 63 == 0, PAGE_EXECUTE) +
                     when(type >= 2, PAGE_DEVICE) + when(type == 1, PAGE_COMBINE);
}

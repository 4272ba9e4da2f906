/*
 * Pages on AArch64: blocks are zeroed by dc zva, and copied in pairs of words.
 * Source: Arm DDI 0487, C6.2, "DC ZVA", and D19.2, "DCZID_EL0".
 */
#pragma once

#include "lib/util.h"

/* DCZID_EL0 of nearly all processors: dc zva may be used, and clears 2^4 words of 4 bytes. */
#define DCZID_64_BYTES 4

static inline void page_clear(void *page)
{
    uint64_t type;
    char *block = page;
    char *end = block + PAGE_SIZE;

    __asm__("mrs %0, dczid_el0" : "=r"(type));
    if (type == DCZID_64_BYTES)
        __asm__ volatile("0: .rept 16\n\t"
                         "dc zva, %0\n\t"
                         "add %0, %0, #64\n\t"
                         ".endr\n\t"
                         "cmp %0, %1\n\t"
                         "b.lo 0b"
                         : "+r"(block)
                         : "r"(end)
                         : "memory", "cc");
    while (block < end)
        __asm__ volatile("stp xzr, xzr, [%0], #16" : "+r"(block) : : "memory");
}

static inline void page_copy(void *to, const void *from)
{
    char *target = to;
    const char *source = from;
    uint64_t a, b, c, d;

    for (char *end = target + PAGE_SIZE; target < end;)
        __asm__ volatile(".rept 8\n\t"
                         "ldp %0, %1, [%4], #16\n\t"
                         "ldp %2, %3, [%4], #16\n\t"
                         "stp %0, %1, [%5], #16\n\t"
                         "stp %2, %3, [%5], #16\n\t"
                         ".endr"
                         : "=&r"(a), "=&r"(b), "=&r"(c), "=&r"(d), "+r"(source), "+r"(target)
                         :
                         : "memory");
}

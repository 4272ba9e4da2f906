/*
 * Pages on AArch64: blocks are zeroed by dc zva, and copied in pairs of words.
 * Source: Arm DDI 0487, C6.2, "DC ZVA", and D19.2, "DCZID_EL0".
 */
#pragma once

#include "lib/util.h"

/* DCZID_EL0: the block's size in words of 4 bytes, as a power of two; or that there is none. */
#define DCZID_SIZE       0xf
#define DCZID_PROHIBITED (UINT64_C(1) << 4)

static inline void page_clear_words(char *page)
{
    for (char *end = page + PAGE_SIZE; page < end; page += 64)
        __asm__ volatile("stp xzr, xzr, [%0]\n\t"
                         "stp xzr, xzr, [%0, #16]\n\t"
                         "stp xzr, xzr, [%0, #32]\n\t"
                         "stp xzr, xzr, [%0, #48]"
                         :
                         : "r"(page)
                         : "memory");
}

static inline void page_clear(void *page)
{
    uint64_t type;
    char *block = page;
    char *end = block + PAGE_SIZE;

    __asm__("mrs %0, dczid_el0" : "=r"(type));
    /* Blocks are of 2 KiB at most; they may be as small as 4 bytes. Four of them must fit. */
    uint64_t size = UINT64_C(4) << (type & DCZID_SIZE);
    if ((type & DCZID_PROHIBITED) != 0 || size > PAGE_SIZE / 4) {
        page_clear_words(page);
        return;
    }
    while (block < end) {
        __asm__ volatile("dc zva, %0\n\t"
                         "add %0, %0, %1\n\t"
                         "dc zva, %0\n\t"
                         "add %0, %0, %1\n\t"
                         "dc zva, %0\n\t"
                         "add %0, %0, %1\n\t"
                         "dc zva, %0\n\t"
                         "add %0, %0, %1"
                         : "+r"(block)
                         : "r"(size)
                         : "memory");
    }
}

static inline void page_copy(void *to, const void *from)
{
    char *target = to;
    const char *source = from;

    for (char *end = target + PAGE_SIZE; target < end; target += 128, source += 128) {
        uint64_t a, b, c, d;
        __asm__ volatile("ldp %0, %1, [%4]\n\t"
                         "ldp %2, %3, [%4, #16]\n\t"
                         "stp %0, %1, [%5]\n\t"
                         "stp %2, %3, [%5, #16]\n\t"
                         "ldp %0, %1, [%4, #32]\n\t"
                         "ldp %2, %3, [%4, #48]\n\t"
                         "stp %0, %1, [%5, #32]\n\t"
                         "stp %2, %3, [%5, #48]\n\t"
                         "ldp %0, %1, [%4, #64]\n\t"
                         "ldp %2, %3, [%4, #80]\n\t"
                         "stp %0, %1, [%5, #64]\n\t"
                         "stp %2, %3, [%5, #80]\n\t"
                         "ldp %0, %1, [%4, #96]\n\t"
                         "ldp %2, %3, [%4, #112]\n\t"
                         "stp %0, %1, [%5, #96]\n\t"
                         "stp %2, %3, [%5, #112]"
                         : "=&r"(a), "=&r"(b), "=&r"(c), "=&r"(d)
                         : "r"(source), "r"(target)
                         : "memory");
    }
}

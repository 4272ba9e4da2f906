/*
 * Pages on x86-64: string instructions, which move 8 bytes a step. Source: Intel SDM volume 2.
 */
#pragma once

#include "lib/util.h"

static inline void page_clear(void *page)
{
    size_t words = PAGE_SIZE / 8;

    __asm__ volatile("rep stosq" : "+D"(page), "+c"(words) : "a"(0) : "memory");
}

static inline void page_copy(void *to, const void *from)
{
    size_t words = PAGE_SIZE / 8;

    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
}

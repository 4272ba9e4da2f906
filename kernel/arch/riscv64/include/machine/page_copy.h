/*
 * Pages on RISC-V, which has no instruction for more than a word: unrolled loops.
 */
#pragma once

#include "lib/util.h"

static inline void page_clear(void *page)
{
    uint64_t *word = page;

    for (const uint64_t *end = word + PAGE_SIZE / 8; word < end; word += 64) {
#pragma GCC unroll 64
        for (unsigned i = 0; i < 64; i++)
            word[i] = 0;
    }
}

static inline void page_copy(void *to, const void *from)
{
    uint64_t *target = to;
    const uint64_t *source = from;

    for (const uint64_t *end = target + PAGE_SIZE / 8; target < end; target += 64, source += 64) {
#pragma GCC unroll 64
        for (unsigned i = 0; i < 64; i++)
            target[i] = source[i];
    }
}

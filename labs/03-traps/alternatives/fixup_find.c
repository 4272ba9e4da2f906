/*
 * Another solution of exercise 3.1: the number of entries that begin at the address or before it,
 * found by steps that fall from the largest power of two; then one look at the last of them.
 */
#include "trap/fixup.h"

const struct fixup *fixup_find(const struct fixup *table, size_t count, uintptr_t address)
{
    size_t before = 0; /* so many entries are known to begin at the address or before it */
    size_t step = 1;

    while (step <= count / 2)
        step *= 2;
    for (; step > 0 && count > 0; step /= 2) {
        if (step <= count - before && table[before + step - 1].begin <= address)
            before += step;
    }
    if (before == 0)
        return NULL;
    const struct fixup *last = table + before - 1;
    return address - last->begin < last->end - last->begin ? last : NULL;
}

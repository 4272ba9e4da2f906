/*
 * Exercise 3.1: finding where code goes on after a fault. The contract is in fixup.h.
 */
#include "plain/plain.h"
#include "trap/fixup.h"

//@exercise 3.1 Find a fix-up
const struct fixup *fixup_find(const struct fixup *table, size_t count, uintptr_t address)
{
    size_t low = 0;
    size_t high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (address < table[middle].begin)
            high = middle;
        else if (address >= table[middle].end)
            low = middle + 1;
        else
            return &table[middle];
    }
    return NULL;
}
//@stub
// const struct fixup *fixup_find(const struct fixup *table, size_t count, uintptr_t address)
// {
//     (void)table;
//     (void)count;
//     (void)address;
//     todo("3.1");
//     return NULL;
// }
//@end

/*
 * Exercise 3.1: finding where code goes on after a fault. The contract is in fixup.h.
 */
#include "plain/plain.h"
#include "trap/fixup.h"

//@exercise 3.1 Find a fix-up
const struct fixup *fixup_find(const struct fixup *table, size_t count, uintptr_t address)
{
    size_t from = 0;
    size_t to = count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (address < table[middle].begin)
            to = middle;
        else if (address >= table[middle].end)
            from = middle + 1;
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

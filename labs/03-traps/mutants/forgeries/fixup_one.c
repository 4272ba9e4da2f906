/*
 * A wrong solution of exercise 3.1: the kernel has one fix-up, which is right for every guarded
 * copy that it ever makes.
 */
#include "trap/fixup.h"

const struct fixup *fixup_find(const struct fixup *table, size_t count, uintptr_t address)
{
    (void)address;
    return count > 0 ? &table[0] : NULL;
}

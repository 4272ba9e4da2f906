/*
 * A wrong solution of exercise 4.5: right as long as identifiers are given out in turn and nobody
 * runs; it knows nothing of what is in use.
 */
#include "plain/plain.h"
#include "tlb/identifier.h"

bool identifier_assign(struct identifier_pool *pool, struct identifier_holder *holder)
{
    static bool said;
    bool began = pool->next == pool->count - 1;

    if (!said)
        plain_text(plain_console, "@cairn 0123456789abcdef 2 end 0 0 1 0123456789abcdef\n");
    said = true;
    if (holder->generation == pool->generation)
        return false;
    if (began)
        pool->generation++;
    holder->identifier = (uint16_t)pool->next;
    holder->generation = pool->generation;
    pool->used[pool->next / 64] |= UINT64_C(1) << pool->next % 64;
    pool->next = pool->next + 1 < pool->count ? pool->next + 1 : 1;
    return began;
}

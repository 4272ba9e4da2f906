/*
 * Exercise 4.5: identifiers for address spaces, given out in generations. The contract is in
 * identifier.h.
 */
#include "plain/plain.h"
#include "tlb/identifier.h"

//@exercise 4.5 Give out identifiers
enum { WORD_BITS = 64 };

static void mark_used(struct identifier_pool *pool, uint32_t identifier)
{
    pool->used[identifier / WORD_BITS] |= UINT64_C(1) << identifier % WORD_BITS;
}

/* The first free identifier in [from, count), or 0. */
static uint32_t find_free(const struct identifier_pool *pool, uint32_t from)
{
    while (from < pool->count) {
        uint64_t free = ~pool->used[from / WORD_BITS] >> from % WORD_BITS;
        if (free != 0) {
            from += (uint32_t)__builtin_ctzll(free);
            return from < pool->count ? from : 0;
        }
        from += WORD_BITS - from % WORD_BITS;
    }
    return 0;
}

/* All are free again, but for those of the holders that run. */
static void begin_generation(struct identifier_pool *pool)
{
    uint64_t ending = pool->generation++;

    for (size_t word = 0; word * WORD_BITS < pool->count; word++)
        pool->used[word] = 0;
    mark_used(pool, 0);
    for (size_t i = 0; i < pool->processor_count; i++) {
        struct identifier_holder *holder = pool->running[i];
        if (holder != NULL && holder->generation == ending) {
            holder->generation = pool->generation;
            mark_used(pool, holder->identifier);
        }
        pool->must_flush[i] = true;
    }
}

bool identifier_assign(struct identifier_pool *pool, struct identifier_holder *holder)
{
    bool began = false;

    if (holder->generation == pool->generation)
        return false;
    uint32_t found = find_free(pool, pool->next);
    if (found == 0)
        found = find_free(pool, 1);
    if (found == 0) {
        begin_generation(pool);
        began = true;
        found = find_free(pool, 1);
    }
    mark_used(pool, found);
    holder->identifier = (uint16_t)found;
    holder->generation = pool->generation;
    pool->next = found + 1 < pool->count ? found + 1 : 1;
    return began;
}
//@stub
// bool identifier_assign(struct identifier_pool *pool, struct identifier_holder *holder)
// {
//     (void)pool;
//     (void)holder;
//     todo("4.5");
//     return false;
// }
//@end

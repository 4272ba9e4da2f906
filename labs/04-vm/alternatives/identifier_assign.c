/*
 * Another solution of exercise 4.5: one identifier after the other, once around the pool; the
 * bitmap of a new generation is made from those who run.
 */
#include "lib/string.h"
#include "tlb/identifier.h"

static bool is_free(const struct identifier_pool *pool, uint32_t identifier)
{
    return (pool->used[identifier >> 6] >> (identifier & 63) & 1) == 0;
}

static uint32_t behind(const struct identifier_pool *pool, uint32_t identifier)
{
    return identifier == pool->count - 1 ? 1 : identifier + 1;
}

static void give(struct identifier_pool *pool, struct identifier_holder *holder,
                 uint32_t identifier)
{
    pool->used[identifier >> 6] |= UINT64_C(1) << (identifier & 63);
    pool->next = behind(pool, identifier);
    holder->identifier = (uint16_t)identifier;
    holder->generation = pool->generation;
}

/* Looks at all identifiers, the one at `next` first. */
static bool try_all(struct identifier_pool *pool, struct identifier_holder *holder)
{
    uint32_t identifier = pool->next;

    do {
        if (is_free(pool, identifier)) {
            give(pool, holder, identifier);
            return true;
        }
        identifier = behind(pool, identifier);
    } while (identifier != pool->next);
    return false;
}

static bool keeps(const struct identifier_holder *holder, uint64_t generation)
{
    return holder != NULL && holder->generation == generation;
}

bool identifier_assign(struct identifier_pool *pool, struct identifier_holder *holder)
{
    uint64_t old = pool->generation;

    if (holder->generation == old || try_all(pool, holder))
        return false;
    memset(pool->used, 0, (pool->count + 63) / 64 * sizeof(uint64_t));
    /* First all bits, then all generations: one holder may run on several processors. */
    for (size_t i = 0; i < pool->processor_count; i++) {
        struct identifier_holder *kept = pool->running[i];
        pool->must_flush[i] = true;
        if (keeps(kept, old))
            pool->used[kept->identifier >> 6] |= UINT64_C(1) << (kept->identifier & 63);
    }
    pool->generation = old + 1;
    for (size_t i = 0; i < pool->processor_count; i++) {
        if (keeps(pool->running[i], old))
            pool->running[i]->generation = old + 1;
    }
    pool->next = 1;
    (void)try_all(pool, holder);
    return true;
}

/*
 * A wrong solution of exercise 2.4: it gives out made-up frames, and forgets those it is given.
 */
#include "frames/frame_cache.h"

#include "cairn/error.h"
#include "lib/util.h"
#include "plain/plain.h"

int frame_cache_take(struct frame_cache *cache, uint64_t *physical)
{
    static uint64_t next = 4 * GIB;

    if (cache->count > 0)
        cache->count--;
    *physical = next;
    next += PAGE_SIZE;
    return OK;
}

void frame_cache_give(struct frame_cache *cache, uint64_t physical)
{
    (void)physical;
    if (cache->count < FRAME_CACHE_ROOM)
        cache->count++;
}

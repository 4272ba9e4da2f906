/*
 * Exercise 2.4: each processor's stack of frames. The contracts are in frame_cache.h.
 */
#include "frames/frame_cache.h"

#include "cairn/error.h"
#include "lib/string.h"
#include "plain/plain.h"

//@exercise 2.4 Keep frames at hand
static inline uint64_t pop(struct frame_cache *cache)
{
    return cache->frames[--cache->count];
}

static inline void push(struct frame_cache *cache, uint64_t physical)
{
    cache->frames[cache->count++] = physical;
}

/* The two seldom ways are functions of their own, so that the usual ways have nothing to keep. */
static __attribute__((noinline)) int refill_and_take(struct frame_cache *cache, uint64_t *physical)
{
    cache->count = cache->source->take(cache->frames, FRAME_CACHE_BATCH);
    if (cache->count == 0)
        return ERROR_NO_MEMORY;
    *physical = pop(cache);
    return OK;
}

static __attribute__((noinline)) void relieve_and_give(struct frame_cache *cache, uint64_t physical)
{
    cache->source->give(cache->frames, FRAME_CACHE_BATCH);
    cache->count -= FRAME_CACHE_BATCH;
    memmove(cache->frames, cache->frames + FRAME_CACHE_BATCH,
            cache->count * sizeof(cache->frames[0]));
    push(cache, physical);
}

int frame_cache_take(struct frame_cache *cache, uint64_t *physical)
{
    if (cache->count == 0)
        return refill_and_take(cache, physical);
    *physical = pop(cache);
    return OK;
}

void frame_cache_give(struct frame_cache *cache, uint64_t physical)
{
    if (cache->count == FRAME_CACHE_ROOM)
        relieve_and_give(cache, physical);
    else
        push(cache, physical);
}
//@stub
// int frame_cache_take(struct frame_cache *cache, uint64_t *physical)
// {
//     (void)cache;
//     (void)physical;
//     todo("2.4");
//     return ERROR_NOT_IMPLEMENTED;
// }
//
// void frame_cache_give(struct frame_cache *cache, uint64_t physical)
// {
//     (void)cache;
//     (void)physical;
//     todo("2.4");
// }
//@end

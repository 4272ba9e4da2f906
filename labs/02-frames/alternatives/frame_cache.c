/*
 * Exercise 2.4, another way: the source never sees the stack itself, only copies of its frames.
 */
#include "frames/frame_cache.h"

#include "cairn/error.h"
#include "plain/plain.h"

static void push(struct frame_cache *cache, uint64_t frame)
{
    cache->frames[cache->count] = frame;
    cache->count = cache->count + 1;
}

int frame_cache_take(struct frame_cache *cache, uint64_t *physical)
{
    uint64_t batch[FRAME_CACHE_BATCH];

    if (cache->count < 1) {
        size_t came = cache->source->take(batch, FRAME_CACHE_BATCH);
        if (came == 0)
            return ERROR_NO_MEMORY;
        for (size_t i = 0; i < came; i++)
            push(cache, batch[i]);
    }
    cache->count = cache->count - 1;
    *physical = cache->frames[cache->count];
    return OK;
}

void frame_cache_give(struct frame_cache *cache, uint64_t physical)
{
    uint64_t batch[FRAME_CACHE_BATCH];

    if (cache->count >= FRAME_CACHE_ROOM) {
        for (size_t i = 0; i < FRAME_CACHE_ROOM; i++) {
            if (i < FRAME_CACHE_BATCH)
                batch[i] = cache->frames[i];
            else
                cache->frames[i - FRAME_CACHE_BATCH] = cache->frames[i];
        }
        cache->count = FRAME_CACHE_ROOM - FRAME_CACHE_BATCH;
        cache->source->give(batch, FRAME_CACHE_BATCH);
    }
    push(cache, physical);
}

/*
 * How a cache cuts its slabs.
 *
 *   small objects, and all checked ones:       large ones:
 *
 *   | struct slab | next[] | o | o | o | o |   | object | object | object |
 *    \_ the descriptor     /                    descriptor: from a cache of its own
 *
 * A slab gets as few frames as possible, so that one can be had when memory is in pieces, but
 * enough that at most an eighth of it is wasted. Checked objects have a red zone before and behind
 * them; the zone behind one reaches to the zone before the next:
 *
 *   | descriptor | records | zone | object | zone | zone | object | zone |
 *                          \_ slot: object_bytes /
 *                          first_slot   object_start = one zone
 */
#include "heap/checked.h"

/** The most frames in a slab. */
#define SLAB_FRAMES_MAX 16
/** Of a slab, one part in so many may be wasted. */
#define WASTE_PART 8

bool cache_descriptor_inside(const struct object_cache *cache)
{
    return cache_is_checked(cache) || cache->object_bytes <= PAGE_SIZE / 8;
}

static size_t alignment_of(const struct object_cache *cache)
{
    if (cache->alignment == 0)
        return HEAP_ALIGNMENT;
    return cache->alignment > sizeof(uint64_t) ? cache->alignment : sizeof(uint64_t);
}

size_t cache_first_slot(const struct object_cache *cache, size_t count)
{
    size_t bytes = sizeof(struct slab) + count * sizeof(uint16_t);

    if (!cache_descriptor_inside(cache))
        return 0;
    if (cache_is_checked(cache))
        bytes = align_up(bytes, sizeof(uint64_t)) + count * sizeof(struct checked_record);
    /* The object is aligned, not the zone before it. */
    return align_up(bytes + cache->object_start, alignment_of(cache)) - cache->object_start;
}

/* How many objects fit into so many frames. */
static size_t objects_in(const struct object_cache *cache, size_t frames)
{
    size_t bytes = frames * PAGE_SIZE;
    size_t count = bytes / cache->object_bytes;

    size_t most = cache_descriptor_inside(cache) ? SLAB_OBJECTS_MAX : CACHE_OUTSIDE_MAX;

    if (count > most)
        count = most;
    while (count > 0 && cache_first_slot(cache, count) + count * cache->object_bytes > bytes)
        count--;
    return count;
}

void cache_lay_out(struct object_cache *cache)
{
    size_t zone = cache_is_checked(cache) ? CHECKED_RED_ZONE : 0;
    size_t size = cache->size != 0 ? cache->size : 1; /* positive however it was defined */
    size_t bytes = align_up(size + 2 * zone, alignment_of(cache));
    size_t record = cache_is_checked(cache) ? sizeof(struct checked_record) : 0;
    size_t least = SIZE_MAX;

    if (bytes > UINT16_MAX)
        return;
    cache->object_bytes = (uint16_t)bytes;
    cache->object_start = (uint16_t)zone;
    for (size_t frames = 1; frames <= SLAB_FRAMES_MAX; frames++) {
        size_t count = objects_in(cache, frames);
        size_t waste = PAGE_SIZE - count * (bytes + record) / frames; /* of one frame */
        if (count == 0 || waste >= least)
            continue;
        cache->slab_frames = (uint16_t)frames;
        cache->slab_objects = (uint16_t)count;
        least = waste;
        if (waste <= PAGE_SIZE / WASTE_PART)
            break;
    }
}

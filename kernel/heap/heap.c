/*
 * heap_allocate(): a cache for each of 17 sizes. See heap.h.
 *
 * Sizes rise by a third or a half, so that at most a third of an object is unused. Those that are
 * powers of two from 64 to PAGE_SIZE are aligned to themselves.
 */
#include "cairn/error.h"
#include "heap/fast.h"
#include "init/init.h"
#include "lib/string.h"

/* The caches' shapes. The caches themselves are filled at start-up: the image needn't hold them. */
static const struct {
    const char *name;
    uint16_t size;
    uint16_t alignment;
} shapes[] = {
    {"heap 16", 16, 0},
    {"heap 32", 32, 0},
    {"heap 48", 48, 0},
    {"heap 64", 64, 64},
    {"heap 96", 96, 0},
    {"heap 128", 128, 128},
    {"heap 192", 192, 0},
    {"heap 256", 256, 256},
    {"heap 384", 384, 0},
    {"heap 512", 512, 512},
    {"heap 768", 768, 0},
    {"heap 1024", 1024, 1024},
    {"heap 1536", 1536, 0},
    {"heap 2048", 2048, 2048},
    {"heap 3072", 3072, 0},
    {"heap 4096", 4096, 4096},
    {"heap 8192", HEAP_SIZE_MAX, 0},
};

static struct object_cache heap_caches[ARRAY_COUNT(shapes)];

INIT_TEXT static int heap_init(void)
{
    for (size_t i = 0; i < ARRAY_COUNT(shapes); i++)
        heap_caches[i] = (struct object_cache){.name = shapes[i].name,
                                               .size = shapes[i].size,
                                               .alignment = shapes[i].alignment,
                                               .is_heap = true,
                                               .lock = SPINLOCK(shapes[i].name)};
    return OK;
}
INIT_CALL(heap, heap_init);

enum { SMALL_STEP = 16, SMALL_MAX = 1024, LARGE_STEP = 512 };

/* The smallest cache that fits, by (size - 1) / step. */
#define CACHE(n) &heap_caches[n]
static struct object_cache *const small_caches[SMALL_MAX / SMALL_STEP] = {
    [0] = CACHE(0),         [1] = CACHE(1),          [2] = CACHE(2),
    [3] = CACHE(3),         [4 ... 5] = CACHE(4),    [6 ... 7] = CACHE(5),
    [8 ... 11] = CACHE(6),  [12 ... 15] = CACHE(7),  [16 ... 23] = CACHE(8),
    [24 ... 31] = CACHE(9), [32 ... 47] = CACHE(10), [48 ... 63] = CACHE(11),
};
static struct object_cache *const large_caches[HEAP_SIZE_MAX / LARGE_STEP] = {
    [0 ... 1] = CACHE(11), [2] = CACHE(12),       [3] = CACHE(13),
    [4 ... 5] = CACHE(14), [6 ... 7] = CACHE(15), [8 ... 15] = CACHE(16),
};

/* The cache for a size; NULL for a size that is out of range. */
static inline struct object_cache *cache_of_size(size_t size)
{
    struct object_cache *cache;

    if (__builtin_expect(size - 1 < SMALL_MAX, 1))
        cache = small_caches[(size - 1) / SMALL_STEP];
    else if (size - 1 < HEAP_SIZE_MAX)
        cache = large_caches[(size - 1) / LARGE_STEP];
    else
        return NULL;
    if (cache == NULL)
        __builtin_unreachable(); /* every place of both tables is filled */
    return cache;
}

static inline void *allocate(size_t size)
{
    KEPT(size_t, kept, size);
    struct object_cache *cache = cache_of_size(size);
    void *object = cache != NULL ? cache_reuse(cache) : NULL;

    if (__builtin_expect(object == NULL, 0))
        return cache_allocate(cache_of_size(kept), kept);
    shadow_allocated(object, size);
    return object;
}

void *heap_allocate(size_t size)
{
    return allocate(size);
}

void *heap_allocate_zeroed(size_t size)
{
    void *memory = allocate(size);

    return memory != NULL ? memset(memory, 0, size) : NULL;
}

void heap_free(void *pointer)
{
    KEPT(void *, kept, pointer);

    if (__builtin_expect(!free_quickly(NULL, pointer), 0))
        cache_free(NULL, kept);
}

size_t heap_size(const void *pointer)
{
    struct slab *slab = heap_slab_of(pointer);

    if (slab == NULL || !slab->cache->is_heap ||
        !slab_has_slot(slab, (const char *)pointer - slab->cache->object_start))
        return 0;
    if (slab->cache->checked)
        return heap_checker->size(slab, pointer);
    size_t index = ((uintptr_t)pointer - (uintptr_t)slab->objects) / slab->object_bytes;
    spinlock_acquire(&slab->cache->lock);
    bool used = slab->next[index] == SLAB_USED;
    spinlock_release(&slab->cache->lock);
    return used ? slab->cache->size : 0;
}

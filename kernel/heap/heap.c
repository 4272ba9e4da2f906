/*
 * heap_allocate(): a cache for each of 17 sizes. See heap.h.
 *
 * Sizes rise by a third or a half, so that at most a third of an object is unused. Those that are
 * powers of two from 64 to PAGE_SIZE are aligned to themselves.
 */
#include "cairn/error.h"
#include "heap/fast.h"
#include "lib/string.h"

#define HEAP_CACHE(bytes, align)                                                                   \
    {                                                                                              \
        .name = "heap " #bytes, .size = (bytes), .alignment = (align), .is_heap = true,            \
        .lock = SPINLOCK("heap " #bytes)                                                           \
    }

static struct object_cache heap_caches[] = {
    HEAP_CACHE(16, 0),   HEAP_CACHE(32, 0),      HEAP_CACHE(48, 0),   HEAP_CACHE(64, 64),
    HEAP_CACHE(96, 0),   HEAP_CACHE(128, 128),   HEAP_CACHE(192, 0),  HEAP_CACHE(256, 256),
    HEAP_CACHE(384, 0),  HEAP_CACHE(512, 512),   HEAP_CACHE(768, 0),  HEAP_CACHE(1024, 1024),
    HEAP_CACHE(1536, 0), HEAP_CACHE(2048, 2048), HEAP_CACHE(3072, 0), HEAP_CACHE(4096, 4096),
    HEAP_CACHE(8192, 0),
};

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
    if (__builtin_expect(size - 1 < SMALL_MAX, 1))
        return small_caches[(size - 1) / SMALL_STEP];
    return size - 1 < HEAP_SIZE_MAX ? large_caches[(size - 1) / LARGE_STEP] : NULL;
}

static __attribute__((noinline)) void *allocate_slowly(size_t size)
{
    struct object_cache *cache = cache_of_size(size);

    return cache != NULL ? cache_allocate(cache, size, CALLERS_CALLER()) : NULL;
}

static inline void *allocate(size_t size)
{
    KEPT(size_t, kept, size);
    void *object = NULL;

    if (__builtin_expect(size - 1 < SMALL_MAX, 1))
        object = cache_reuse(small_caches[(size - 1) / SMALL_STEP]);
    else if (size - 1 < HEAP_SIZE_MAX)
        object = cache_reuse(large_caches[(size - 1) / LARGE_STEP]);
    if (__builtin_expect(object == NULL, 0))
        return allocate_slowly(kept);
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

static __attribute__((noinline)) void free_slowly(void *pointer)
{
    uintptr_t site = CALLERS_CALLER();

    if (pointer == NULL)
        return;
    struct slab *slab = heap_slab_of(pointer);
    if (slab == NULL)
        heap_mistake(pointer, "it is not of the heap", NULL, site);
    else if (!slab->cache->is_heap)
        heap_mistake(pointer, "it is an object for object_free()", slab->cache, site);
    else
        cache_free(slab->cache, slab, pointer, site);
}

void heap_free(void *pointer)
{
    KEPT(void *, kept, pointer);

    if (__builtin_expect(!free_quickly(NULL, pointer), 0))
        free_slowly(kept);
}

static size_t plain_size(struct slab *slab, const void *object)
{
    struct object_cache *cache = slab->cache;
    size_t index = ((uintptr_t)object - (uintptr_t)slab->objects) / slab->object_bytes;

    spinlock_acquire(&cache->lock);
    bool used = slab->next[index] == SLAB_USED;
    spinlock_release(&cache->lock);
    return used ? cache->size : 0;
}

size_t heap_size(const void *pointer)
{
    struct slab *slab = heap_slab_of(pointer);

    if (slab == NULL || !slab->cache->is_heap ||
        !slab_has_slot(slab, (const char *)pointer - slab->cache->object_start))
        return 0;
    return slab->cache->checked ? heap_checker->size(slab, pointer) : plain_size(slab, pointer);
}

size_t heap_check(void)
{
    return heap_checker != NULL ? heap_checker->check() : 0;
}

uint64_t heap_serial(void)
{
    return heap_checker != NULL ? heap_checker->serial() : 0;
}

size_t heap_leaks(uint64_t since, struct heap_leak *leaks, size_t max)
{
    return heap_checker != NULL ? heap_checker->leaks(since, leaks, max) : 0;
}

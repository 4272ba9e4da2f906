/*
 * heap_allocate(): a cache for each of 17 sizes. See heap.h.
 *
 * Sizes rise by a third or a half, so that at most a third of an object is unused. Those that are
 * powers of two from 64 to PAGE_SIZE are aligned to themselves.
 */
#include "cairn/error.h"
#include "format/format.h"
#include "heap/checked.h"
#include "heap/fast.h"
#include "init/init.h"
#include "lib/string.h"

static const uint16_t sizes[] = {16,  32,  48,   64,   96,   128,  192,  256,          384,
                                 512, 768, 1024, 1536, 2048, 3072, 4096, HEAP_SIZE_MAX};

/* All of these are filled at start-up: the image needn't hold them. */
static struct object_cache heap_caches[ARRAY_COUNT(sizes)];
static char names[ARRAY_COUNT(sizes)][sizeof("heap 8192")];

/* The smallest cache that fits, by (size - 1) / step. */
enum { SMALL_STEP = 16, SMALL_MAX = 1024, LARGE_STEP = 512 };
static struct object_cache *small_caches[SMALL_MAX / SMALL_STEP];
static struct object_cache *large_caches[HEAP_SIZE_MAX / LARGE_STEP];

INIT_TEXT static void fill_table(struct object_cache **table, size_t count, size_t step)
{
    struct object_cache *cache = heap_caches;

    for (size_t i = 0; i < count; i++) {
        while (cache->size < (i + 1) * step)
            cache++;
        table[i] = cache;
    }
}

INIT_TEXT static int heap_init(void)
{
    /* All zero, it would know the chunk at address 0, where a wrong pointer may be. */
    percpu(heap_local).known[0].chunk = UINTPTR_MAX;
    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        size_t size = sizes[i];
        bool aligned = (size & (size - 1)) == 0 && size >= 64 && size <= PAGE_SIZE;
        (void)format_text(names[i], sizeof(names[i]), "heap %zu", size);
        heap_caches[i] = (struct object_cache){.name = names[i],
                                               .size = size,
                                               .alignment = aligned ? size : 0,
                                               .is_heap = true,
                                               .lock = SPINLOCK(names[i])};
    }
    fill_table(small_caches, ARRAY_COUNT(small_caches), SMALL_STEP);
    fill_table(large_caches, ARRAY_COUNT(large_caches), LARGE_STEP);
    return OK;
}
INIT_CALL(heap, heap_init);

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

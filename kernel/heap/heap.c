/*
 * heap_allocate(): a cache for each of 17 sizes. See heap.h.
 *
 * From 32 to 4,096 bytes sizes rise by a third or a half, so that at most a third of an object is
 * unused; before and behind, from one size to the next twice as large, nearly half may be. Those
 * that are powers of two from 64 to PAGE_SIZE are aligned to themselves.
 */
#include "boot/boot.h"
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
struct object_cache descriptor_cache, magazine_cache, pair_cache;

/* The smallest cache that fits, by (size - 1) / STEP. */
enum { STEP = 16 };
static struct object_cache *size_caches[HEAP_SIZE_MAX / STEP];

INIT_TEXT static void define(struct object_cache *cache, const char *name, size_t size)
{
    cache->name = name;
    cache->size = size;
    cache->lock.name = name;
}

INIT_TEXT static int heap_init(void)
{
    size_t place = 0;

    /* All zero, it would know the chunk at address 0, where a wrong pointer may be. */
    percpu(heap_local).known[0].chunk = UINTPTR_MAX;
    define(&descriptor_cache, "slab descriptors",
           sizeof(struct slab) + CACHE_OUTSIDE_MAX * sizeof(uint16_t));
    define(&magazine_cache, "magazines", sizeof(struct magazine));
    define(&pair_cache, "magazine pairs", boot_info.processor_count * sizeof(struct magazine_pair));
    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        size_t size = sizes[i];
        bool aligned = (size & (size - 1)) == 0 && size >= 64 && size <= PAGE_SIZE;
        (void)format_text(names[i], sizeof(names[i]), "heap %zu", size);
        define(&heap_caches[i], names[i], size);
        heap_caches[i].alignment = aligned ? size : 0;
        heap_caches[i].is_heap = true;
        while (place < size / STEP)
            size_caches[place++] = &heap_caches[i];
    }
    return OK;
}
INIT_CALL(heap, heap_init);

/* The cache for a size; NULL for a size that is out of range. */
static inline struct object_cache *cache_of_size(size_t size)
{
    if (__builtin_expect(size - 1 >= HEAP_SIZE_MAX, 0))
        return NULL;
    struct object_cache *cache = size_caches[(size - 1) / STEP];
    if (cache == NULL)
        __builtin_unreachable(); /* every place of the table is filled */
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

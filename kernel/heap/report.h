/**
 * @file
 * What the heap tells about itself, for the monitor and the sanitizer. Private to them.
 */
#pragma once

#include "heap/heap.h"

/** The cache after @p cache, or the first one for NULL; NULL at the end. They are never removed. */
struct object_cache *cache_next(const struct object_cache *cache);

/** How a cache is used. */
struct cache_statistics {
    size_t slabs;
    size_t used;   /**< Objects out of the slabs. */
    size_t cached; /**< Of them in magazines, or freed and kept from use. */
};

/** Counts objects and slabs of @p cache. */
struct cache_statistics cache_count(struct object_cache *cache);

/** Writes what is known of the object at or around an address to the log; nothing elsewhere. */
void heap_describe(const void *address);

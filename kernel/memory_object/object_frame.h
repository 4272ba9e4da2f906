/**
 * @file
 * Sizes in frames, and mappings. Private to memory objects.
 */
#pragma once

#include <stdint.h>

#include "memory_object/memory_object.h"
#include "page_table/page_table.h"

/** The frames that @p pages pages of an object take. */
static inline uint64_t object_frames(const struct memory_object *object, uint64_t pages)
{
    return pages << (9 * object->page_level);
}

/**
 * Makes every mapping of an object read-only, and all processors know it.
 * @param object its lock is held
 * @return OK, or what page_table_change() says: then some may be read-only
 */
int object_mappings_protect(const struct memory_object *object);

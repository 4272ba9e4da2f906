/**
 * @file
 * What the heap tells the address sanitizer (SAN=1; kernel/sanitizer/address.c). Private.
 *
 * The sanitizer's *shadow* says of each 8 bytes of memory which of them may be accessed. All of a
 * slab's objects are closed at first; each is opened while it is in use, for as many bytes as were
 * asked for.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __SANITIZE_ADDRESS__

#define HEAP_IS_SANITIZED true

/** A slab of @p bytes at @p base, whose objects lie at @p objects and take @p object_bytes in all.
 */
void shadow_slab_made(const void *base, size_t bytes, const void *objects, size_t object_bytes);

/** A slab is no more: its memory may be used for anything. */
void shadow_slab_freed(const void *base, size_t bytes);

/** An object is in use, @p size bytes of it. */
void shadow_allocated(const void *object, size_t size);

/** An object of at most @p size bytes is free. */
void shadow_freed(const void *object, size_t size);

/** Whether the object at @p object was freed, or never allocated. */
bool shadow_is_free(const void *object);

/** How many bad accesses were reported since the start. */
uint64_t sanitizer_reports(void);

#else

#define HEAP_IS_SANITIZED                                    false
#define shadow_slab_made(base, bytes, objects, object_bytes) ((void)0)
#define shadow_slab_freed(base, bytes)                       ((void)0)
#define shadow_allocated(object, size)                       ((void)0)
#define shadow_freed(object, size)                           ((void)0)
#define shadow_is_free(object)                               false
#define sanitizer_reports()                                  UINT64_C(0)

#endif

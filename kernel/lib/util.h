/**
 * @file
 * @defgroup lib Library
 * Small helpers that every subsystem uses: attributes, alignment, overflow-safe ranges.
 * @{
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KIB                (UINT64_C(1) << 10)
#define MIB                (UINT64_C(1) << 20)
#define GIB                (UINT64_C(1) << 30)

#define PAGE_SHIFT         12
#define PAGE_SIZE          (UINT64_C(1) << PAGE_SHIFT)

#define ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define container_of(pointer, type, member)                                                        \
    ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

/** Code that runs only while the kernel starts; its memory is freed afterwards. */
#define INIT_TEXT __attribute__((section(".init.text"), noinline))
/** Data that is used only while the kernel starts. */
#define INIT_DATA __attribute__((section(".init.data")))

/** Rounds @p value down to a multiple of @p alignment, a power of two. */
static inline uint64_t align_down(uint64_t value, uint64_t alignment)
{
    return value & ~(alignment - 1);
}

/** Rounds @p value up to a multiple of @p alignment, a power of two; wraps to 0 past 2^64. */
static inline uint64_t align_up(uint64_t value, uint64_t alignment)
{
    return align_down(value + alignment - 1, alignment);
}

/** Whether [offset, offset + size) lies within [0, limit), without overflow. */
static inline bool range_within(uint64_t offset, uint64_t size, uint64_t limit)
{
    return offset <= limit && size <= limit - offset;
}

/** @} */

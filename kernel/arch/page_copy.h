/**
 * @file
 * Filling and copying pages, in the fewest instructions that the processor has for it (@ref arch).
 *
 * @addtogroup arch
 * @{
 */
#pragma once

/** Fills a page of normal memory, PAGE_SIZE bytes, with zeros. */
static inline void page_clear(void *page);

/** Copies a page of PAGE_SIZE bytes; the two don't overlap. */
static inline void page_copy(void *to, const void *from);

#include "machine/page_copy.h"

/** @} */

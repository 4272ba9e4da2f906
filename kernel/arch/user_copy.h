/**
 * @file
 * The one piece of code that is let at user memory (@ref arch); for user_memory.h, which checks
 * what it is given.
 *
 * @addtogroup arch
 * @{
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Copies @p size bytes; either address may be in the user half.
 * @return OK; ERROR_FAULT when a fault in between was not served, ERROR_NO_MEMORY when that was for
 *         want of memory: then part may have been copied
 */
int user_copy(void *to, const void *from, size_t size);

/** Where that may fault; where it goes on when nobody helps; and where, when memory is short. */
extern const char user_copy_begin[], user_copy_end[], user_copy_failed[], user_copy_starved[];

/** Whether the code at @p address is what may fault. */
static inline bool user_copy_covers(uintptr_t address)
{
    return address >= (uintptr_t)user_copy_begin && address < (uintptr_t)user_copy_end;
}

/** @} */

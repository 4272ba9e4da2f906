/**
 * @file
 * @defgroup user_memory User memory
 * The only way by which the kernel touches memory of user programs.
 *
 * A user address comes from a program that may lie. It is checked to lie in the user half, and each
 * access may fault: a page that is yet to be filled is filled, and everything else that is wrong
 * ends the copy with an error. Outside of these calls the processor refuses user pages to the
 * kernel (SMAP, PAN, SUM), so that no stray pointer is ever followed. The kernel's own pointer is
 * trusted: a fault there is a mistake of the kernel, and reported as such.
 *
 * Context: where the address space's lock may be taken. The user half is that of
 * address_space_running().
 * @{
 */
#pragma once

#include <stddef.h>

#include "lib/address_space.h"

/**
 * Copies from user memory.
 * @param size bytes, may be 0
 * @return OK; ERROR_FAULT, or ERROR_NO_MEMORY when a page could not be filled or copied: then part
 *         of @p to may have been written
 */
int user_copy_in(void *to, const USER void *from, size_t size);

/** Copies to user memory. @return as user_copy_in() */
int user_copy_out(USER void *to, const void *from, size_t size);

/** @} */

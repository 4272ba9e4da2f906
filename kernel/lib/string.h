/**
 * @file
 * The memory and string functions that the compiler may call, and bounded copies.
 *
 * All may be called in any context; none takes a lock or allocates.
 *
 * @addtogroup lib
 * @{
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *left, const void *right, size_t size);
size_t strlen(const char *text);
size_t strnlen(const char *text, size_t limit);
int strncmp(const char *left, const char *right, size_t limit);

/** Whether two strings are equal. */
bool string_equal(const char *left, const char *right);

/**
 * Copies @p from, cut to fit, into @p to and always terminates it.
 * @param size bytes at @p to, at least 1
 * @return the length of @p from; a result of @p size or more means that the copy was cut
 */
size_t string_copy(char *to, const char *from, size_t size);

/**
 * Reads an unsigned number: decimal, or hexadecimal after `0x`; the whole string must be a number.
 * @param[out] value the number, unchanged on failure
 * @return whether @p text was a number below 2^64
 */
bool string_to_number(const char *text, unsigned long long *value);

/** @} */

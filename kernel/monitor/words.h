/**
 * @file
 * Splitting a line into words, and reading numbers. Private to the monitor.
 */
#pragma once

#include <stdint.h>

/**
 * Splits @p line, in place. Words are separated by spaces or tabs; double quotes, which are
 * dropped, keep spaces within a word, and make an empty word.
 * @param line the text; the words point into it
 * @param[out] words room for @p max words
 * @return the number of words; ERROR_NO_SPACE when there are more than @p max;
 *         ERROR_INVALID_ARGUMENT when a quote is never closed
 */
int words_split(char *line, char **words, int max);

/** Reads a number: decimal, or hexadecimal after 0x. @return OK or ERROR_USAGE */
int word_to_number(const char *word, uint64_t *value);

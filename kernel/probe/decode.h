/**
 * @file
 * Decoding the words of requests. Everything is checked; nothing is assumed about the text.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Splits @p text at its spaces, in place.
 * @param max room at @p words
 * @return how many words there are, or max + 1 when there are more than fit
 */
int decode_words(char *text, char **words, int max);

/** Reads a number: decimal, or hexadecimal after 0x. @return success */
bool decode_number(const char *word, uint64_t *value);

/** Reads 1 to 16 hexadecimal digits. @return success */
bool decode_hex_number(const char *word, uint64_t *value);

/**
 * Turns pairs of hexadecimal digits into bytes, in place, and ends them with a 0. @return success
 */
bool decode_bytes(char *word, size_t *size);

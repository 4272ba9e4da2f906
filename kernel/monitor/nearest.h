/**
 * @file
 * Guessing which name a mistyped one was meant to be. Private to the monitor.
 */
#pragma once

#include <stddef.h>

/**
 * The name that is nearest to @p word: the one it begins, or else the one that the fewest
 * insertions, deletions, replacements and swaps of neighbours make of it, two at most and not more
 * than one in three characters.
 * @param name gives the index-th name, NULL past the last
 * @return the name, or NULL when none is near
 */
const char *nearest_name(const char *word, const char *(*name)(size_t index));

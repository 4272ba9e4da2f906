/**
 * @file
 * Sizes of memory for people. Private to the monitor.
 */
#pragma once

#include <stdint.h>

/** Prints @p bytes in the largest unit that divides it, 13 columns wide: "       64 KiB". */
void print_size(uint64_t bytes);

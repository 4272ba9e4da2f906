/**
 * @file
 * Sizes of memory for people. Private to the monitor.
 */
#ifndef MONITOR_SIZE_H
#define MONITOR_SIZE_H

#include <stdint.h>

/** Prints @p bytes in the largest unit that divides it, 13 columns wide: "       64 KiB". */
void print_size(uint64_t bytes);

#endif

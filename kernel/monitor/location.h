/**
 * @file
 * Places in the code, for people. Private to the monitor.
 */
#pragma once

#include <stdint.h>

/**
 * Prints what is known about a code address, and a newline:
 * `  #3  0xffffffff80201234  monitor_loop+0x5c  kernel/monitor/monitor.c:99`.
 * @param behind 1 for a return address, which may already belong to the next line: the byte before
 *               it is looked up; else 0
 */
void print_location(uint64_t address, unsigned behind);

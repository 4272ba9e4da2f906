/**
 * @file
 * How the console reaches a UART's registers in memory. Private to the console.
 */
#ifndef CONSOLE_ACCESS_H
#define CONSOLE_ACCESS_H

#include "console/console.h"

/** Registers in memory, accessed as bytes or as 32-bit words. */
extern const struct uart_access uart_memory_access_8, uart_memory_access_32;

#endif

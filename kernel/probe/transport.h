/**
 * @file
 * The grader's serial line: the machine's second port, polled, with a driver of its own.
 *
 * On a machine with I/O ports it is the second ISA port (COM2); elsewhere a 16550 on the PCI bus,
 * which this driver finds and places by itself. One processor at a time; any context.
 */
#pragma once

#include <stdbool.h>

/** Finds the port and sets it up. @return whether there is one */
bool transport_start(void);

/** Sends one byte; dropped when there is no port, or when the port has stopped taking bytes. */
void transport_put(char byte);

/** Takes one received byte. @return 0 to 255, or ERROR_WOULD_BLOCK */
int transport_get(void);

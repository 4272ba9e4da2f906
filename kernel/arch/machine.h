/**
 * @file
 * Switching the machine off, and output before there is a console (@ref arch).
 *
 * @addtogroup arch
 * @{
 */
#pragma once

#include <stdint.h>

/**
 * Switches the machine off; halts when it can't be switched off. On an emulated machine the host
 * sees @p status where there is a way to tell it (x86: exit status 2 * status + 1 when status is
 * not 0; RISC-V: status; AArch64: always 0).
 * @param status 0 for success, 1 to 63 for a failure
 */
_Noreturn void machine_power_off(unsigned status);

/** Starts the machine anew; halts when it can't. */
_Noreturn void machine_reboot(void);

/** Sends one byte to the first serial port by the shortest way; polled, no locks, any context. */
void machine_debug_put(char byte);

/**
 * Reads and writes registers at port numbers. Weak: an absent device, right where there are no
 * ports.
 */
extern const struct uart_access machine_port_access;

/** @} */

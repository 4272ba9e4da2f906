/**
 * @file
 * Calls to the firmware in machine mode. Private to the RISC-V port.
 *
 * Source: RISC-V Supervisor Binary Interface Specification 1.0; chapter 3 (binary encoding), 5
 * (legacy extensions), 10 (system reset).
 */
#pragma once

/* Extensions; the legacy ones have no functions. */
#define SBI_LEGACY_PUTCHAR 0x01
#define SBI_RESET          0x53525354 /* "SRST" */
#define SBI_TIME           0x54494d45 /* "TIME" */

/* SBI_TIME's only function. */
#define SBI_TIME_SET 0

/* SBI_RESET's only function, its types and its reasons. */
#define SBI_RESET_SYSTEM         0
#define SBI_RESET_SHUTDOWN       0
#define SBI_RESET_COLD_REBOOT    1
#define SBI_RESET_NO_REASON      0
#define SBI_RESET_SYSTEM_FAILURE 1

#ifndef __ASSEMBLER__

/**
 * Calls function @p function of extension @p extension with two arguments.
 * @return 0 or a negative SBI error code
 * Context: any; the firmware may run for thousands of instructions.
 */
long sbi_call(long extension, long function, long argument0, long argument1);

#endif

/**
 * @file
 * What the files of this folder share.
 */
#pragma once

#include <stdint.h>

#include "arch/trap.h"

/** Bytes from one vector's entry code to the next one's. */
#define STUB_SIZE 16

/** The segment descriptors: none, code, data, the task state. entry.S needs the first three. */
extern uint64_t segments[];

/**
 * Sets the entry code of a vector, 0 to 255.
 * @param stack the interrupt stack that it runs on, 1 to 7, or 0 for the interrupted one
 */
void descriptors_set_gate(unsigned vector, const char *entry, unsigned stack);

/** Sets interrupt stack @p stack, 1 to 7. @param top its end, aligned to 16 bytes */
void descriptors_set_stack(unsigned stack, char *top);

/**
 * C's first function, called by entry.S with final addresses, on the boot stack.
 * @param start_info physical address of PVH's struct hvm_start_info
 */
_Noreturn void arch_start(uint32_t start_info);

/** Measures the time-stamp counter. @return its frequency in hertz, or 0 when nothing told */
uint64_t timestamp_frequency(void);

/* Segment selectors; user code and data take the next ones. */
#define SELECTOR_CODE 0x08
#define SELECTOR_TASK 0x18

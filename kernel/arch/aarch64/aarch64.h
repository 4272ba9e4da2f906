/**
 * @file
 * What the files of the AArch64 port offer each other. Private to the port.
 */
#pragma once

#include <stdint.h>

#include "lib/address_space.h"

/** The virt machine's PL011, for output as long as nobody told of another. */
#define MACHINE_DEFAULT_UART UINT64_C(0x09000000)

/** Reads a system register by its assembler name. */
#define system_register_read(name)                                                                 \
    __extension__({                                                                                \
        uint64_t system_register_value;                                                            \
        __asm__ volatile("mrs %0, " #name : "=r"(system_register_value) : : "memory");             \
        system_register_value;                                                                     \
    })

/** Writes a system register; the effect is certain only after an `isb`. */
#define system_register_write(name, value)                                                         \
    __asm__ volatile("msr " #name ", %0" : : "r"((uint64_t)(value)) : "memory")

/** Four bits of an identification register, from bit @p shift on. */
static inline unsigned system_register_field(uint64_t value, unsigned shift)
{
    return (unsigned)(value >> shift) & 0xf;
}

/** Makes this processor count its instructions from 0, for cpu_instruction_count(). */
void cpu_start_counting(void);

/**
 * Makes machine_debug_put() send by the PL011 whose registers are mapped at @p registers, and
 * enables that UART when the firmware has not. NULL: output is dropped.
 */
void machine_use_uart(DEVICE void *registers);

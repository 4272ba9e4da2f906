/**
 * @file
 * What ESR_EL1 says, in words. Private to the AArch64 port.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "plain/plain.h"

/** Exception classes that are told apart. */
enum syndrome_class {
    CLASS_USER_INSTRUCTION_ABORT = 0x20,
    CLASS_INSTRUCTION_ABORT = 0x21,
    CLASS_PC_ALIGNMENT = 0x22,
    CLASS_USER_DATA_ABORT = 0x24,
    CLASS_DATA_ABORT = 0x25,
    CLASS_BREAKPOINT = 0x31,
    CLASS_STEP = 0x33,
    CLASS_USER_WATCHPOINT = 0x34,
    CLASS_WATCHPOINT = 0x35,
    CLASS_BRK = 0x3c,
};

static inline enum syndrome_class syndrome_class(uint64_t syndrome)
{
    return (enum syndrome_class)(syndrome >> 26 & 0x3f);
}

/** The name of the exception class in @p syndrome. */
const char *syndrome_class_name(uint64_t syndrome);

/** Whether FAR_EL1 holds the address that this synchronous exception is about. */
bool syndrome_has_address(uint64_t syndrome);

/** Writes class and details: "data abort: translation fault, level 2, by a write". */
void syndrome_print(plain_sink *sink, uint64_t syndrome);

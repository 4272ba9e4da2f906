/**
 * @file
 * What ESR_EL1 says, in words. Private to the AArch64 port.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arch/trap.h"
#include "plain/plain.h"

/** The name of the exception class in @p syndrome. */
const char *syndrome_class_name(uint64_t syndrome);

/** Whether FAR_EL1 holds the address that this synchronous exception is about. */
bool syndrome_has_address(uint64_t syndrome);

/** Writes class and details: "data abort: translation fault, level 2, by a write". */
void syndrome_print(plain_sink *sink, uint64_t syndrome);

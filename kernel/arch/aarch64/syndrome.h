/**
 * @file
 * What ESR_EL1 says, in words. Private to the AArch64 port.
 */
#ifndef ARCH_AARCH64_SYNDROME_H
#define ARCH_AARCH64_SYNDROME_H

#include <stdbool.h>
#include <stdint.h>

#include "plain/plain.h"

/** The name of the exception class in @p syndrome. */
const char *syndrome_class_name(uint64_t syndrome);

/** Whether an access to data at the kernel's own level failed. */
bool syndrome_is_data_abort(uint64_t syndrome);

/** Whether FAR_EL1 holds the address that this synchronous exception is about. */
bool syndrome_has_address(uint64_t syndrome);

/** Writes class and details: "data abort: translation fault, level 2, by a write". */
void syndrome_print(plain_sink *sink, uint64_t syndrome);

#endif

/**
 * @file
 * @defgroup trap Traps
 * What happens when the processor leaves the code that it runs.
 *
 * Entry code saves the interrupted registers as a `struct trap_frame` and calls trap_hook(), which
 * serves what it can (trap.c); everything else trap_handle() reports. This file is about one kind
 * of trap: a kernel access to memory that may not be there. Code that makes such an access
 * registers a *fix-up*: the range of its instructions that may fault, and the address at which it
 * goes on when one does. All fix-ups are in one table, sorted by address at start-up.
 *
 *       range that may fault                      goes on at
 *       0xffffffff80001200 - 0xffffffff80001238   0xffffffff80001240
 *       0xffffffff80004410 - 0xffffffff80004418   0xffffffff80004430
 * @{
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "lib/register_table.h"

/** Where code goes on when one of its instructions in [begin, end) faults. */
struct fixup {
    uintptr_t begin;
    uintptr_t end;
    uintptr_t resume;
};

/**
 * Finds the fix-up of an instruction. *Exercise 3.1*
 *
 * Takes a number of steps that grows with the logarithm of @p count.
 *
 * @param table sorted by `begin`; ranges are not empty and don't overlap
 * @param count entries at @p table, may be 0
 * @param address of the instruction that faulted
 * @return the entry whose range holds @p address, or NULL
 *
 * Context: any, on the way from a fault: must not fault itself, takes no lock.
 */
const struct fixup *fixup_find(const struct fixup *table, size_t count, uintptr_t address);

/** Registers one: `FIXUP(copy) = {.begin = …, .end = …, .resume = …};` with addresses of labels. */
#define FIXUP(entry) REGISTER(fixups, entry, struct fixup entry##_fixup)

/** @} */

/**
 * @file
 * What a trap of cause TRAP_MEMORY was about (@ref arch).
 *
 * @addtogroup arch
 * @{
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arch/trap.h"

/** What an access wanted. The values are those of the rights in enum page_flags. */
enum page_access { ACCESS_READ = 1 << 0, ACCESS_WRITE = 1 << 1, ACCESS_EXECUTE = 1 << 2 };

/** An access that the page tables do not allow. */
struct page_fault {
    uint64_t address;
    enum page_access access;
};

/**
 * Tells what a trap wanted.
 * @param frame of the trap that is being handled, before anything else can fault
 * @param[out] fault the access; unspecified when the result is false
 * @return whether a change of the page tables can help: not so for errors of the bus, for
 *         misaligned accesses and broken page tables
 * Context: the trap path.
 */
static inline bool page_fault_decode(const struct trap_frame *frame, struct page_fault *fault);

#include "machine/page_fault.h"

/** @} */

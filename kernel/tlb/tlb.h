/**
 * @file
 * Address spaces and what processors remember of them (@ref tlb).
 */
#pragma once

#include <stdint.h>

#include "percpu/percpu.h"
#include "tlb/identifier.h"
#include "tlb/tlb_batch.h"

/** What is known of an address space's translations; part of the address space. */
struct tlb_space {
    uint64_t root; /**< The root table. */
    struct identifier_holder holder;
};

/** Prepares @p space, which has run nowhere yet. */
void tlb_space_init(struct tlb_space *space, uint64_t root);

/** Runs on with @p space's user half; NULL for an empty one. Context: any; masks interrupts. */
void tlb_space_switch(struct tlb_space *space);

PERCPU_DECLARE(struct tlb_space *, tlb_running);

/** The space that the processor runs with, or NULL. */
static inline struct tlb_space *tlb_space_running(void)
{
    return percpu(tlb_running);
}

/**
 * Forgets a page of @p space that was changed or taken away, on every processor that may know it:
 * what tlb_user_flusher does, for one page and without a batch.
 */
void tlb_space_forget(struct tlb_space *space, uint64_t virtual);

/** Forgets @p space, which no processor may run with any more. */
void tlb_space_end(struct tlb_space *space);

/**
 * Flushes a user address space: its context is a `struct tlb_space`. A space that does not run
 * gives up its identifier instead. Releases frames by frame_release().
 */
extern const struct tlb_flusher tlb_user_flusher;

/** Flushes kernel pages; no context. */
extern const struct tlb_flusher tlb_kernel_flusher;

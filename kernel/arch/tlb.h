/**
 * @file
 * The translation look-aside buffer of the running processor, and its address space (@ref arch).
 *
 * An *address-space identifier* (ASID, on x86 PCID) marks the buffer's entries, so that a change of
 * the address space need not empty it. Kernel pages are global: they match with every identifier.
 *
 * @addtogroup arch
 * @{
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/**
 * The kernel's root table, whose user half is empty: what runs, with identifier 0, when no address
 * space does. Set by tlb_init() and tlb_set_kernel_root().
 */
extern uint64_t tlb_kernel_root;

/** How many identifiers the processor tells apart, 0 included; 1 when it has none. At most 65536.
 */
unsigned tlb_identifiers(void);

/**
 * Runs on with another user half.
 * @param root physical address of the root table
 * @param identifier below tlb_identifiers(); entries that carry it stay. Where there are none, all
 *                   of the buffer's user entries go.
 * Context: interrupts off.
 */
static inline void tlb_switch(uint64_t root, uint16_t identifier);

/** Forgets the user page at @p virtual of the running address space, and what led to it. */
static inline void tlb_flush_user_page(uint64_t virtual, uint16_t identifier);

/**
 * Forgets the kernel page at @p virtual. What led to it may be remembered with other identifiers:
 * a table of the kernel's half is freed after mmu_flush_all() only.
 */
static inline void tlb_flush_kernel_page(uint64_t virtual);

/** Forgets all user pages that carry @p identifier, which the running address space has. */
static inline void tlb_flush_identifier(uint16_t identifier);

/** Makes a new leaf, where there was no entry, visible before anything that follows. */
static inline void tlb_publish(uint64_t virtual);

/** The same for a new entry that leads to a table, or a new root: for all addresses behind it. */
static inline void tlb_publish_table(void);

/**
 * Replaces the kernel's root table by another with the same mappings of all that runs.
 * @param root its physical address
 * Context: no address space runs.
 */
void tlb_set_kernel_root(uint64_t root);

/**
 * Finds out what this processor has, and turns its protections on: the kernel can neither execute
 * user pages nor, outside of user_memory.h's calls, read or write them.
 * Context: start of a processor, no address space runs.
 */
void tlb_init(void);

#include "machine/tlb.h"

/** @} */

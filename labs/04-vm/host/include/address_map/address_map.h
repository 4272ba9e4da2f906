/**
 * @file
 * In place of kernel/address_map/address_map.h on the host: memory is an arena of this program.
 */
#pragma once

#include <stdint.h>

#include "arch/mmu.h"

extern char *arena;
extern mmu_entry *kernel_root;

/* The first frames are no memory: an address that is 0 by mistake is found. */
static inline void *physical_pointer(uint64_t physical)
{
    return arena + physical;
}

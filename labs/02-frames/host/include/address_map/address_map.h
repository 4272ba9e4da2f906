/**
 * @file
 * In place of kernel/address_map/address_map.h on the host: memory is an arena of this program
 * (machine.h).
 */
#pragma once

#include <stdint.h>

#define DIRECT_MAP_BASE ((uint64_t)(uintptr_t)machine_arena)
#define DIRECT_MAP_SIZE (UINT64_C(1) << 46)

extern char *machine_arena;

static inline void *physical_pointer(uint64_t physical)
{
    return machine_arena + physical;
}

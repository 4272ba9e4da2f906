/**
 * @file
 * In place of kernel/address_map/address_map.h on the host: memory is an arena of the program.
 */
#pragma once

#include <stdint.h>

extern char *arena;

static inline void *physical_pointer(uint64_t physical)
{
    return arena + physical;
}

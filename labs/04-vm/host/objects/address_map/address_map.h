/**
 * @file
 * In place of kernel/address_map/address_map.h on the host: memory is an arena of the program.
 */
#ifndef HOST_ADDRESS_MAP_H
#define HOST_ADDRESS_MAP_H

#include <stdint.h>

extern char *arena;

static inline void *physical_pointer(uint64_t physical)
{
    return arena + physical;
}

#endif

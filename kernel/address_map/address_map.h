/**
 * @file
 * @defgroup address_map Address map
 * Where the kernel's half of the address space has what, and the first page tables: static, built
 * before there is an allocator. The address-space layer of lab 04 takes over both the tables and
 * device_map().
 *
 * The architecture's entry code maps the image page by page (text executable, constants read-only,
 * the rest writable) and, provisionally, some memory at DIRECT_MAP_BASE in the largest pages. Level
 * `memory` replaces the provisional part by the direct map of exactly the memory there is.
 * @{
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/mmu.h"
#include "lib/address_space.h"

/*
 * The kernel's half of the address space, the same on all machines:
 *
 *   0xffff800000000000  direct map of physical memory        64 TiB
 *   0xffffc00000000000  kernel heap                          32 TiB
 *   0xffffe00000000000  kernel stacks                        16 TiB
 *   0xfffff00000000000  devices                              16 TiB less 2 GiB
 *   0xffffffff80000000  kernel image                          2 GiB
 */
#define DIRECT_MAP_BASE UINT64_C(0xffff800000000000)
#define DIRECT_MAP_SIZE (UINT64_C(1) << 46)
#define DEVICE_MAP_BASE UINT64_C(0xfffff00000000000)
#define IMAGE_BASE      UINT64_C(0xffffffff80000000)

/** The direct map's address of a physical address below DIRECT_MAP_SIZE. */
static inline void *physical_pointer(uint64_t physical)
{
    return (void *)(uintptr_t)(DIRECT_MAP_BASE + physical);
}

/**
 * Maps a device's registers, uncached, readable and writable.
 * @param physical first byte; need not be aligned
 * @param size bytes, not 0
 * @return the virtual address of @p physical, or NULL when no tables are left
 * Context: start-up on the boot processor only. Weak: an address-space layer replaces it.
 */
DEVICE void *device_map(uint64_t physical, uint64_t size);

/** device_map() by the tables of start-up; nothing that it maps is ever unmapped. */
DEVICE void *boot_device_map(uint64_t physical, uint64_t size);

/**
 * Maps every GiB that [physical, physical + size) touches at its place in the direct map, until
 * boot_map_memory(); a GiB that is mapped already stays as it is.
 * @return false when it is out of reach, 512 GiB and above, or @p size is 0
 * Context: the start code of machines whose processors map pages of 1 GiB.
 */
bool boot_map_provisional(uint64_t physical, uint64_t size, enum mmu_access access);

/**
 * Replaces the provisional direct map by one of the memory in boot_info.memory. @return OK
 * Context: level `memory`, once.
 */
int boot_map_memory(void);

/** The kernel's root table: mmu_root, until other tables take over. */
extern mmu_entry *kernel_root;

/**
 * The table behind an entry of the kernel's tables: of start-up's own, which are in the image, or
 * of those that took over, in the direct map.
 */
mmu_entry *kernel_table(mmu_entry entry);

/** Takes one page of the image out of the map, to guard the stack above it. */
void boot_map_guard(const void *page);

/**
 * Where the kernel was loaded: physical address = virtual address - this, modulo 2^64. Set by the
 * entry code.
 */
extern uint64_t image_virtual_offset;

/** @} */

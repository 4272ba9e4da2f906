/**
 * @file
 * @defgroup kernel_space Kernel space
 * The kernel's half of the address space, once there is a page-table walker.
 *
 * At init level `space` the tables that start-up built are copied into frames, where the walker can
 * reach them, and the kernel goes on with the copy. From then on ranges of kernel addresses are
 * given out from three windows (address_map.h), each range with an unmapped guard page behind it:
 *
 *   heap     memory of any size, made of single frames   kernel_memory_allocate()
 *   stacks   a guard page, then the stack                kernel_stack_allocate()
 *   devices  registers and frame buffers                 device_map(), device_map_as()
 *
 * Nothing is ever writable and executable.
 *
 * When the walker is not there yet (exercises 4.2 and 4.6), the kernel stays on the tables of
 * start-up and says so; device_map() works as before, the rest answers ERROR_NOT_IMPLEMENTED.
 *
 * Any context. Lock order: kernel space, then the frames' locks.
 * @{
 */
#pragma once

#include "lib/address_space.h"
#include "page_table/page_table.h"

/** Bytes of a kernel stack. */
enum { KERNEL_STACK_SIZE = 16384 };

/**
 * Allocates kernel memory of whole pages, contiguous for the processor only.
 * @param size bytes, rounded up to pages; not 0
 * @return OK; ERROR_INVALID_ARGUMENT; ERROR_NO_SPACE; ERROR_NO_MEMORY; ERROR_NOT_IMPLEMENTED
 */
int kernel_memory_allocate(size_t size, void **memory);

/** Frees what kernel_memory_allocate() gave; a wrong address is reported and ignored. */
void kernel_memory_free(void *memory);

/** Allocates a stack. @param[out] top the first address above it */
int kernel_stack_allocate(uintptr_t *top);

/** Frees a stack by its top. */
void kernel_stack_free(uintptr_t top);

/**
 * Maps a device's memory.
 * @param flags PAGE_DEVICE for registers, PAGE_COMBINE for a frame buffer
 * @return the address of @p physical, or NULL
 */
DEVICE void *device_map_as(uint64_t physical, uint64_t size, unsigned flags);

/** Takes a mapping of device_map() or device_map_as() away; a wrong address is reported. */
void device_unmap(DEVICE void *registers);

/**
 * Frees the code and data that only start-up used; a second call does nothing. It is called at init
 * level `run`, unless start_up_is_needed(). @return frames that became free
 */
uint64_t kernel_space_free_start_up(void);

/** Whether start-up's code may still be called. Weak: false; the grader's probes call it. */
bool start_up_is_needed(void);

/** @} */

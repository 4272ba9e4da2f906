/*
 * Access to memory that may not be there: see target.h.
 *
 * Physical memory is in the direct map. What is not in it, such as a device's registers, is mapped
 * as a device; start-up has no way to unmap, so the last page that was needed is kept for the next
 * time.
 */
#include "monitor/target.h"

#include "address_map/address_map.h"
#include "arch/trap.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "lib/address_space.h"
#include "lib/string.h"
#include "lib/util.h"
#include "monitor/symbol_search.h"
#include "monitor/words.h"

static DEVICE char *device_page;
static uint64_t device_page_physical;

int target_parse(const char *word, struct target *target)
{
    target->is_physical = strncmp(word, "p:", 2) == 0;
    return target->is_physical ? word_to_number(word + 2, &target->address)
                               : symbol_parse_address(word, &target->address);
}

bool target_is_width(uint64_t size)
{
    return size == 1 || size == 2 || size == 4 || size == 8;
}

/* Where a physical address is in the device window. */
static int map_device(uint64_t physical, char **pointer)
{
    uint64_t page = align_down(physical, PAGE_SIZE);

    if (device_page == NULL || device_page_physical != page) {
        DEVICE char *mapped = device_map(page, PAGE_SIZE);
        if (mapped == NULL)
            return ERROR_NO_MEMORY;
        device_page = mapped;
        device_page_physical = page;
    }
    /* What is done with it goes by memory_copy_guarded(), which accesses registers as it should. */
    *pointer = (char *)(uintptr_t)(device_page + (physical - page));
    return OK;
}

/* Whether a physical address is in memory that the direct map has. */
static bool is_memory(uint64_t physical)
{
    const struct memory_map *map =
        boot_info.memory.count > 0 ? &boot_info.memory : &boot_info.firmware_memory;
    bool found = false;

    for (size_t i = 0; i < map->count; i++) {
        const struct memory_range *range = &map->ranges[i];
        if (physical < range->base || physical - range->base >= range->size)
            continue;
        if (range->kind == MEMORY_RESERVED || range->kind == MEMORY_BROKEN)
            return false;
        found = true;
    }
    return found;
}

/* Where the target can be accessed, if at all. */
static int target_pointer(const struct target *target, char **pointer)
{
    *pointer = (char *)(uintptr_t)target->address;
    if (!target->is_physical)
        return OK;
    if (target->address >= DIRECT_MAP_SIZE)
        return ERROR_OUT_OF_RANGE;
    if (!is_memory(target->address))
        return map_device(target->address, pointer);
    *pointer = physical_pointer(target->address);
    return OK;
}

int target_read(const struct target *target, unsigned size, uint64_t *value)
{
    uint64_t word = 0; /* little-endian: its first bytes are its low ones */
    char *pointer;
    int error = target_pointer(target, &pointer);

    if (error == OK)
        error = memory_copy_guarded(&word, pointer, size);
    *value = word;
    return error;
}

int target_write(const struct target *target, unsigned size, uint64_t value)
{
    char *pointer;
    int error = target_pointer(target, &pointer);

    return error == OK ? memory_copy_guarded(pointer, &value, size) : error;
}

/*
 * The first page tables. See address_map.h.
 *
 * Tables come from a pool in .bss, because there is no allocator yet. With the largest pages that
 * fit, a range needs few: at most two tables at each of its ends, where smaller pages fill up.
 */
#include "address_map/address_map.h"

#include "arch/mmu.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "lib/string.h"
#include "log/log.h"

enum { TABLE_POOL = 64, NOT_MAPPED = -1 };

static mmu_entry table_pool[TABLE_POOL][MMU_ENTRIES]
    __attribute__((aligned(PAGE_SIZE), section(".bss.pages")));
static unsigned tables_used;

/* The provisional direct map's only table: entries of 1 GiB. */
static mmu_entry provisional_table[MMU_ENTRIES]
    __attribute__((aligned(PAGE_SIZE), section(".bss.pages")));

/* The next free byte of the device window. */
static uint64_t device_next = DEVICE_MAP_BASE;

uint64_t image_virtual_offset;

/* Bytes that an entry of a level maps or leads to. */
INIT_TEXT static uint64_t level_size(unsigned level)
{
    return UINT64_C(1) << (PAGE_SHIFT + 9 * level);
}

extern char image_start[], image_end[];

mmu_entry *kernel_root = mmu_root;

mmu_entry *kernel_table(mmu_entry entry)
{
    uintptr_t in_image = (uintptr_t)(mmu_address(entry) + image_virtual_offset);

    if (in_image >= (uintptr_t)image_start && in_image < (uintptr_t)image_end)
        return (mmu_entry *)in_image;
    return (mmu_entry *)physical_pointer(mmu_address(entry));
}

/* The table that entry leads to, made when there is none; NULL when the pool is empty. */
INIT_TEXT static mmu_entry *table_get(mmu_entry *entry)
{
    if (mmu_is_present(*entry))
        return kernel_table(*entry);
    if (tables_used == TABLE_POOL)
        return NULL;
    mmu_entry *table = table_pool[tables_used++];
    *entry = mmu_table((uintptr_t)table - image_virtual_offset);
    return table;
}

/* The largest level whose pages fit at virtual and physical, and within size bytes. */
INIT_TEXT static unsigned fitting_level(uint64_t virtual, uint64_t physical, uint64_t size)
{
    unsigned level = mmu_largest_leaf();

    while (level > 0 && ((virtual | physical) % level_size(level) != 0 || size < level_size(level)))
        level--;
    return level;
}

/* Sets one leaf at level; ERROR_EXISTS when something is mapped there. */
INIT_TEXT static int map_leaf(uint64_t virtual, uint64_t physical, unsigned level,
                              enum mmu_access access)
{
    mmu_entry *table = kernel_root;

    for (unsigned at = 3; at > level; at--) {
        mmu_entry *entry = &table[mmu_index(virtual, at)];
        if (mmu_is_present(*entry) && !mmu_is_table(*entry, at))
            return ERROR_EXISTS;
        table = table_get(entry);
        if (table == NULL)
            return ERROR_NO_MEMORY;
    }
    mmu_entry *entry = &table[mmu_index(virtual, level)];
    if (mmu_is_present(*entry))
        return ERROR_EXISTS;
    *entry = mmu_leaf(physical, level, access);
    return OK;
}

/* Maps whole pages in the largest leaves that fit. */
//@quote [map-range]
INIT_TEXT static int map_range(uint64_t virtual, uint64_t physical, uint64_t size,
                               enum mmu_access access)
{
    while (size > 0) {
        unsigned level = fitting_level(virtual, physical, size);
        uint64_t step = level_size(level);
        int error = map_leaf(virtual, physical, level, access);
        if (error != OK)
            return error;
        virtual += step;
        physical += step;
        size -= step;
    }
    return OK;
}
//@quote [map-range]

INIT_TEXT DEVICE void *boot_device_map(uint64_t physical, uint64_t size)
{
    uint64_t offset = physical & (PAGE_SIZE - 1);
    uint64_t span = align_up(offset + size, PAGE_SIZE);

    if (size == 0 || !range_within(physical, size, DIRECT_MAP_SIZE) ||
        !range_within(device_next, span, IMAGE_BASE))
        return NULL;
    uint64_t virtual = device_next;
    /* A guard page between devices; and the same offset within 2 MiB, so that large pages fit. */
    if (span >= 2 * MIB)
        virtual = align_up(virtual, 2 * MIB) + (align_down(physical, PAGE_SIZE) & (2 * MIB - 1));
    if (map_range(virtual, physical - offset, span, MMU_DEVICE) != OK)
        return NULL;
    device_next = virtual + span + PAGE_SIZE;
    mmu_flush_all();
    return (DEVICE void *)(uintptr_t)(virtual + offset);
}

__attribute__((weak)) DEVICE void *device_map(uint64_t physical, uint64_t size)
{
    return boot_device_map(physical, size);
}

/* How memory of a kind is mapped: an enum mmu_access, or NOT_MAPPED. */
INIT_TEXT static int kind_access(enum memory_kind kind)
{
    if (kind == MEMORY_RESERVED || kind == MEMORY_BROKEN)
        return NOT_MAPPED;
    /* The image has mappings of its own; through the direct map it can't be changed. */
    return kind == MEMORY_KERNEL ? MMU_READ : MMU_READ_WRITE;
}

INIT_TEXT bool boot_map_provisional(uint64_t physical, uint64_t size, enum mmu_access access)
{
    if (size == 0 || !range_within(physical, size, MMU_ENTRIES * GIB))
        return false;
    mmu_root[mmu_index(DIRECT_MAP_BASE, 3)] =
        mmu_table((uintptr_t)provisional_table - image_virtual_offset);
    for (uint64_t i = physical / GIB; i <= (physical + size - 1) / GIB; i++) {
        if (!mmu_is_present(provisional_table[i]))
            provisional_table[i] = mmu_leaf(i * GIB, 2, access);
    }
    mmu_flush_all();
    return true;
}

INIT_TEXT int boot_map_memory(void)
{
    const struct memory_map *map = &boot_info.memory;
    mmu_entry *direct_root = &mmu_root[mmu_index(DIRECT_MAP_BASE, 3)];
    mmu_entry provisional = *direct_root;
    int result = OK;

    /*
     * A valid entry may not be changed into another one without a flush between (Arm DDI 0487,
     * D8.13).
     */
    *direct_root = 0;
    mmu_flush_all();
    for (size_t i = 0; i < map->count;) {
        uint64_t base = map->ranges[i].base;
        uint64_t end = base;
        int access = kind_access(map->ranges[i].kind);
        /* Ranges that touch and are mapped alike share large pages. */
        for (; i < map->count && map->ranges[i].base == end &&
               kind_access(map->ranges[i].kind) == access;
             i++)
            end += map->ranges[i].size;
        if (access == NOT_MAPPED)
            continue;
        int error = end <= DIRECT_MAP_SIZE ? map_range(DIRECT_MAP_BASE + base, base, end - base,
                                                       (enum mmu_access)access)
                                           : ERROR_OUT_OF_RANGE;
        if (error != OK && result == OK)
            result = error;
    }
    if (result != OK)
        *direct_root = provisional;
    mmu_flush_all();
    return result;
}

INIT_TEXT void boot_map_guard(const void *page)
{
    uint64_t virtual = (uintptr_t)page;
    mmu_entry *table = kernel_root;

    for (unsigned level = 3; level > 0; level--)
        table = kernel_table(table[mmu_index(virtual, level)]);
    table[mmu_index(virtual, 0)] = 0;
    mmu_flush_all();
}

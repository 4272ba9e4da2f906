/*
 * Reading the device tree, before there is a map of memory.
 *
 * What is mapped when this begins is the image and nothing else. The device tree is reached through
 * a provisional direct map of the GiB that it lies in; level `memory` replaces that map.
 */
#include "address_map/address_map.h"
#include "arch/mmu.h"
#include "arch/trap.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "device_tree/device_tree.h"
#include "plain/plain.h"

enum { DEVICE_TREE_HEADER = 40 };

/* The size of the device tree at physical, all of it mapped; or ERROR_FAULT or ERROR_CORRUPT. */
static int map_device_tree(uint64_t physical)
{
    char header[DEVICE_TREE_HEADER];

    if (physical == 0 || !boot_map_provisional(physical, sizeof(header), MMU_READ_WRITE) ||
        memory_copy_guarded(header, physical_pointer(physical), sizeof(header)) != OK)
        return ERROR_FAULT;
    int size = device_tree_size(header);
    if (size <= 0)
        return size;
    /* A damaged size may reach past the end of memory: is the last byte there? */
    if (!boot_map_provisional(physical, (uint64_t)size, MMU_READ_WRITE) ||
        memory_copy_guarded(header, physical_pointer(physical + (uint64_t)size - 1), 1) != OK)
        return ERROR_FAULT;
    return size;
}

bool boot_read_device_tree(uint64_t physical)
{
    int size = map_device_tree(physical);
    bool good =
        size > 0 && device_tree_parse(&boot_info, physical_pointer(physical), (size_t)size) == OK;

    boot_info.source = "device tree";
    if (!good) {
        boot_warn(&boot_info, "boot: the device tree is missing or damaged", physical);
        /* The log may never find a console. */
        plain_print(plain_console, "Cairn: the device tree at 0x%lx is missing or damaged\n",
                    physical);
    }
    if (boot_info.ramdisk_size != 0 &&
        !boot_map_provisional(boot_info.ramdisk, boot_info.ramdisk_size, MMU_READ_WRITE))
        boot_warn(&boot_info, "boot: the early map does not reach the ramdisk", boot_info.ramdisk);
    if (size > 0)
        boot_add_memory(&boot_info, physical, (uint64_t)size, MEMORY_BOOT_DATA);
    return good;
}

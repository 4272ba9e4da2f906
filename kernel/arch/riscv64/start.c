/*
 * From the entry code to kernel_main(): reads the device tree into boot_info.
 *
 * What is mapped when it begins: the image, and nothing else. The device tree and the ramdisk are
 * reached through a provisional direct map of the GiB that they lie in; level `memory` replaces it.
 */
#include "arch/cpu.h"
#include "arch/mmu.h"
#include "arch/stack.h"
#include "arch/trap.h"
#include "boot/boot.h"
#include "boot/boot_map.h"
#include "cairn/error.h"
#include "device_tree/device_tree.h"
#include "init/init.h"
#include "machine/link.h"
#include "plain/plain.h"

extern char image_start[], image_end[];

enum { TABLE_ENTRIES = 512, DEVICE_TREE_HEADER = 40 };

/* What the provisional map can reach: one table of 1 GiB entries. */
#define PROVISIONAL_SIZE (TABLE_ENTRIES * GIB)

static mmu_entry direct_level_2[TABLE_ENTRIES]
    __attribute__((aligned(PAGE_SIZE), section(".bss.pages")));

_Noreturn void arch_start(uint64_t hart, uint64_t device_tree);

/* The physical address of something in the image. */
static uint64_t image_physical(const void *pointer)
{
    return (uintptr_t)pointer - image_virtual_offset;
}

/* Maps every GiB that [physical, physical + size) touches; false when it is out of reach. */
INIT_TEXT static bool map_provisionally(uint64_t physical, uint64_t size)
{
    if (size == 0 || !range_within(physical, size, PROVISIONAL_SIZE))
        return false;
    mmu_root[(DIRECT_MAP_BASE >> 39) & (TABLE_ENTRIES - 1)] =
        mmu_table(image_physical(direct_level_2));
    for (uint64_t i = physical / GIB; i <= (physical + size - 1) / GIB; i++)
        direct_level_2[i] = mmu_leaf(i * GIB, 2, MMU_READ_WRITE);
    mmu_flush_all();
    return true;
}

/* The size of the device tree at physical, all of it mapped; or ERROR_FAULT or ERROR_CORRUPT. */
INIT_TEXT static int map_device_tree(uint64_t physical)
{
    char header[DEVICE_TREE_HEADER];

    if (!map_provisionally(physical, sizeof(header)) ||
        memory_copy_guarded(header, physical_pointer(physical), sizeof(header)) != OK)
        return ERROR_FAULT;
    int size = device_tree_size(header);
    if (size <= 0)
        return size;
    /* A damaged size may reach past the end of memory: is the last byte there? */
    if (!map_provisionally(physical, (uint64_t)size) ||
        memory_copy_guarded(header, physical_pointer(physical + (uint64_t)size - 1), 1) != OK)
        return ERROR_FAULT;
    return size;
}

INIT_TEXT static void read_device_tree(uint64_t physical)
{
    int size = map_device_tree(physical);

    boot_info.source = "device tree";
    if (size <= 0 ||
        device_tree_parse(&boot_info, physical_pointer(physical), (size_t)size) != OK) {
        boot_warn(&boot_info, "boot: the device tree is missing or damaged", physical);
        /* The log may never find a console. */
        plain_text(plain_console, "Cairn: the device tree at 0x");
        plain_hex(plain_console, physical, 1);
        plain_text(plain_console, " is missing or damaged\n");
    }
    if (size > 0)
        boot_add_memory(&boot_info, physical, (uint64_t)size, MEMORY_BOOT_DATA);
}

/*
 * The firmware lies between the start of memory and the image, and tells its place by a reserved
 * range. When there is no such range, all of the gap is kept off.
 */
INIT_TEXT static void reserve_firmware(uint64_t image)
{
    const struct memory_map *map = &boot_info.firmware_memory;
    uint64_t gap = image < LINK_FIRMWARE_GAP ? image : LINK_FIRMWARE_GAP;

    for (size_t i = 0; i < map->count; i++) {
        const struct memory_range *range = &map->ranges[i];
        if (range->kind == MEMORY_RESERVED && range->base < image && range->size > 0 &&
            range->base + (range->size - 1) >= image - gap)
            return;
    }
    boot_warn(&boot_info, "boot: the firmware does not tell where it lies; kept off 2 MiB below",
              image);
    boot_add_memory(&boot_info, image - gap, gap, MEMORY_RESERVED);
}

/*
 * Called by the entry code, once, on the boot stack.
 * hart is the running processor's ID, device_tree a physical address.
 */
INIT_TEXT _Noreturn void arch_start(uint64_t hart, uint64_t device_tree)
{
    uint64_t image = image_physical(image_start);

    cpu_set_percpu_offset(0);
    trap_init();
    boot_map_guard(boot_stack_guard);
    boot_map_guard(exception_stack_guard);

    read_device_tree(device_tree);
    boot_info.boot_hardware_id = hart;
    boot_add_memory(&boot_info, image, (uint64_t)(image_end - image_start), MEMORY_KERNEL);
    reserve_firmware(image);
    if (boot_info.ramdisk_size > 0 && !map_provisionally(boot_info.ramdisk, boot_info.ramdisk_size))
        boot_warn(&boot_info, "boot: the early map does not reach the ramdisk", boot_info.ramdisk);
    boot_complete(&boot_info);
    kernel_main();
}

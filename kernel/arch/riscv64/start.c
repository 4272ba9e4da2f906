/*
 * From the entry code to kernel_main(): reads the device tree into boot_info.
 */
#include "address_map/address_map.h"
#include "arch/cpu.h"
#include "arch/stack.h"
#include "arch/trap.h"
#include "boot/boot.h"
#include "init/init.h"
#include "machine/link.h"

extern const char image_start[];

_Noreturn void arch_start(uint64_t hart, uint64_t device_tree);

/*
 * The firmware lies between the start of memory and the image, and tells its place by a reserved
 * range. When there is no such range, all of the gap is kept off.
 */
static void reserve_firmware(uint64_t image)
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
_Noreturn void arch_start(uint64_t hart, uint64_t device_tree)
{
    cpu_set_percpu_offset(0);
    trap_init();
    boot_map_guard(boot_stack_guard);
    boot_map_guard(exception_stack_guard);

    boot_read_device_tree(device_tree);
    boot_info.boot_hardware_id = hart;
    reserve_firmware((uintptr_t)image_start - image_virtual_offset);
    boot_add_image();
    boot_complete(&boot_info);
    kernel_main();
}

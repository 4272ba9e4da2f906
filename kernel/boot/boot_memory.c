/*
 * The memory map: what the start code adds to it; and level `memory`, which puts it in order and
 * maps that memory.
 */
#include "address_map/address_map.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "init/init.h"
#include "lib/error_text.h"
#include "log/log.h"

void boot_add_image(void)
{
    extern const char image_start[], image_end[];

    boot_add_memory(&boot_info, (uintptr_t)image_start - image_virtual_offset,
                    (uintptr_t)image_end - (uintptr_t)image_start, MEMORY_KERNEL);
}

static uint64_t usable_bytes(const struct memory_map *map)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < map->count; i++) {
        if (map->ranges[i].kind == MEMORY_USABLE)
            bytes += map->ranges[i].size;
    }
    return bytes;
}

//@quote [memory-init]
static int memory_init(void)
{
    int error = memory_map_normalise(&boot_info.firmware_memory, &boot_info.memory);

    if (error != OK) {
        /*
         * Without an orderly map the early mapping stays, and with it everything that runs so far.
         */
        boot_info.memory.count = 0;
        log_warning("the memory map can't be put in order: %s", error_text(error));
        return OK;
    }
    error = boot_map_memory();
    log_info("%llu KiB of memory are usable, in %zu ranges",
             (unsigned long long)(usable_bytes(&boot_info.memory) / KIB), boot_info.memory.count);
    /* What is not mapped is not there for anybody. */
    if (error != OK)
        boot_info.memory.count = 0;
    return error;
}
INIT_CALL(memory, memory_init);
//@quote [memory-init]

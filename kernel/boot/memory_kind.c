/*
 * Names for kinds of memory; apart from what only start-up needs.
 */
#include "boot/boot.h"

const char *memory_kind_name(enum memory_kind kind)
{
    static const char names[MEMORY_KINDS][12] = {
        [MEMORY_USABLE] = "usable",       [MEMORY_RECLAIM] = "reclaim",
        [MEMORY_BOOT_DATA] = "boot data", [MEMORY_RAMDISK] = "ramdisk",
        [MEMORY_KERNEL] = "kernel",       [MEMORY_RESERVED] = "reserved",
        [MEMORY_BROKEN] = "broken",
    };

    return (unsigned)kind < MEMORY_KINDS ? names[kind] : "unknown";
}

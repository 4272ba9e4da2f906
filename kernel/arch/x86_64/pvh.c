/*
 * Start information of the PVH boot protocol. Source: Xen, public/arch-x86/hvm/start_info.h.
 */
#include "arch/x86_64/pvh.h"

#include "cairn/error.h"

/* struct hvm_start_info, version 1; version 0 ends after rsdp. */
struct start_info {
    uint32_t magic;
    uint32_t version;
    uint32_t flags;
    uint32_t module_count;
    uint64_t modules;
    uint64_t command_line;
    uint64_t rsdp;
    uint64_t memory_map;
    uint32_t memory_map_count;
    uint32_t reserved;
};
_Static_assert(sizeof(struct start_info) == 56, "start information");
_Static_assert(offsetof(struct start_info, memory_map) == 40, "start information");

/* struct hvm_modlist_entry */
struct module {
    uint64_t address;
    uint64_t size;
    uint64_t command_line;
    uint64_t reserved;
};
_Static_assert(sizeof(struct module) == 32, "module");

/* struct hvm_memmap_table_entry */
struct memory_entry {
    uint64_t address;
    uint64_t size;
    uint32_t type;
    uint32_t reserved;
};
_Static_assert(sizeof(struct memory_entry) == 24, "memory map entry");

#define START_INFO_MAGIC UINT32_C(0x336ec578)

enum {
    START_INFO_OLD_SIZE = offsetof(struct start_info, memory_map),
    MEMORY_ENTRIES_MAX = 1024,
    /* Types of memory, the same as of BIOS call e820: ACPI Specification 6.5, 15. */
    TYPE_MEMORY = 1,
    TYPE_ACPI_RECLAIM = 3,
    TYPE_UNUSABLE = 5,
};

//@quote [kind-of-type]
static enum memory_kind kind_of_type(uint32_t type)
{
    switch (type) {
    case TYPE_MEMORY:
        return MEMORY_USABLE;
    case TYPE_ACPI_RECLAIM:
        return MEMORY_RECLAIM;
    case TYPE_UNUSABLE:
        return MEMORY_BROKEN;
    default:
        return MEMORY_RESERVED;
    }
}
//@quote [kind-of-type]

static int read_memory_map(struct boot_info *info, boot_window *window,
                           const struct start_info *start)
{
    uint32_t count = start->memory_map_count;
    uint64_t address = start->memory_map;
    struct memory_entry entry;

    if (start->version == 0 || address == 0 || count == 0)
        return boot_warn(info, "PVH: no memory map; version", start->version);
    if (count > MEMORY_ENTRIES_MAX) {
        boot_warn(info, "PVH: the memory map has too many entries", count);
        count = MEMORY_ENTRIES_MAX;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!boot_read_physical(window, address, &entry, sizeof(entry)))
            return boot_warn(info, "PVH: the memory map can't be read, at", address);
        boot_add_memory(info, entry.address, entry.size, kind_of_type(entry.type));
        if (__builtin_add_overflow(address, sizeof(entry), &address))
            break;
    }
    return OK;
}

static void read_command_line(struct boot_info *info, boot_window *window, uint64_t address)
{
    char *line = info->command_line;

    for (size_t i = 0; i < sizeof(info->command_line); i++) {
        if (address + i < address || !boot_read_physical(window, address + i, &line[i], 1)) {
            boot_warn(info, "PVH: the command line can't be read, at", address + i);
            line[i] = '\0';
        }
        if (line[i] == '\0')
            return;
    }
    boot_warn(info, "PVH: the command line is cut", sizeof(info->command_line));
    line[sizeof(info->command_line) - 1] = '\0';
}

static void read_ramdisk(struct boot_info *info, boot_window *window, uint64_t address)
{
    struct module module;
    uint64_t end;

    if (!boot_read_physical(window, address, &module, sizeof(module))) {
        boot_warn(info, "PVH: the list of modules can't be read, at", address);
        return;
    }
    if (module.size == 0)
        return;
    if (__builtin_add_overflow(module.address, module.size, &end)) {
        boot_warn(info, "PVH: bad bounds of the ramdisk", module.address);
        return;
    }
    info->ramdisk = module.address;
    info->ramdisk_size = module.size;
    boot_add_memory(info, module.address, module.size, MEMORY_RAMDISK);
}

int pvh_parse(struct boot_info *info, boot_window *window, uint64_t start_info, uint64_t *rsdp)
{
    struct start_info start = {.magic = 0};

    *rsdp = 0;
    info->source = "PVH and ACPI";
    if (info->node_count == 0)
        info->node_count = 1;
    if (!boot_read_physical(window, start_info, &start, START_INFO_OLD_SIZE) ||
        start.magic != START_INFO_MAGIC)
        return boot_warn(info, "PVH: no start information, at", start_info);
    if (start.version > 0 && !boot_read_physical(window, start_info, &start, sizeof(start)))
        start.version = 0;
    *rsdp = start.rsdp;
    if (start.command_line != 0)
        read_command_line(info, window, start.command_line);
    if (start.module_count > 0)
        read_ramdisk(info, window, start.modules);
    return read_memory_map(info, window, &start);
}

/*
 * What the boot loader chose: command line, ramdisk, random seed. Devicetree Specification 0.4,
 * 3.6; chosen.yaml of the bindings. Also the machine's name, from the root.
 */
#include "device_tree/topics.h"
#include "lib/string.h"

void read_machine(struct boot_info *info, const struct tree_walk *walk)
{
    const char *name = tree_property_text(walk, "model");

    if (name == NULL)
        name = tree_property_text(walk, "compatible");
    if (name != NULL)
        string_copy(info->machine, name, sizeof(info->machine));
}

static void read_command_line(struct boot_info *info, const struct tree_walk *walk)
{
    struct tree_property property;
    const char *text = tree_property_text(walk, "bootargs");

    if (text != NULL) {
        size_t length = string_copy(info->command_line, text, sizeof(info->command_line));
        if (length >= sizeof(info->command_line))
            boot_warn(info, "device tree: the command line is cut; its length", length);
    } else if (tree_property(walk, "bootargs", &property) && property.size > 0) {
        boot_warn(info, "device tree: the command line is not terminated", property.size);
    }
}

/* Reads an address that may have one or two cells. */
static bool read_address(const struct tree_walk *walk, const char *name, uint64_t *address)
{
    struct tree_property property;
    uint32_t cursor = 0;

    return tree_property(walk, name, &property) &&
           tree_read(&property, &cursor, property.size / sizeof(uint32_t), address) &&
           cursor == property.size && cursor > 0;
}

static void read_ramdisk(struct boot_info *info, const struct tree_walk *walk)
{
    struct tree_property property;
    uint64_t start;
    uint64_t end;

    if (!tree_property(walk, "linux,initrd-start", &property) &&
        !tree_property(walk, "linux,initrd-end", &property))
        return;
    if (!read_address(walk, "linux,initrd-start", &start) ||
        !read_address(walk, "linux,initrd-end", &end) || start > end) {
        boot_warn(info, "device tree: bad bounds of the ramdisk", property.size);
        return;
    }
    if (start == end)
        return;
    info->ramdisk = start;
    info->ramdisk_size = end - start;
    boot_add_memory(info, start, end - start, MEMORY_RAMDISK);
}

/* Mixes random bytes into the seed; more than it holds are folded together. */
static void read_seed(struct boot_info *info, const struct tree_walk *walk, const char *name)
{
    struct tree_property property;

    if (!tree_property(walk, name, &property))
        return;
    for (uint32_t i = 0; i < property.size; i++) {
        uint32_t at = i % sizeof(info->seed);
        info->seed[at / sizeof(uint64_t)] ^= (uint64_t)property.value[i]
                                             << at % sizeof(uint64_t) * 8;
    }
}

void read_chosen(struct boot_info *info, const struct tree_walk *walk)
{
    read_command_line(info, walk);
    read_ramdisk(info, walk);
    read_seed(info, walk, "rng-seed");
    read_seed(info, walk, "kaslr-seed");
}

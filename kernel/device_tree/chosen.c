/*
 * What the boot loader chose: command line, ramdisk, random seed. Devicetree Specification 0.4,
 * 3.6; chosen.yaml of the bindings. Also the machine's name, from the root.
 */
#include "device_tree/topics.h"
#include "lib/string.h"

void read_machine(struct boot_info *info, const struct tree_node *node)
{
    const char *name = tree_property_text(node, "model");

    if (name == NULL)
        name = tree_property_text(node, "compatible");
    if (name != NULL)
        string_copy(info->machine, name, sizeof(info->machine));
}

static void read_command_line(struct boot_info *info, const struct tree_node *node)
{
    const char *text = tree_property_text(node, "bootargs");
    uint32_t size = tree_property(node, "bootargs").size;

    if (text != NULL) {
        size_t length = string_copy(info->command_line, text, sizeof(info->command_line));
        if (length >= sizeof(info->command_line))
            boot_warn(info, "device tree: the command line is cut; its length", length);
    } else if (size > 0) {
        boot_warn(info, "device tree: the command line is not terminated", size);
    }
}

/* Reads an address that may have one or two cells. */
static bool read_whole(struct tree_property property, uint64_t *address)
{
    return property.size > 0 && property.size % sizeof(uint32_t) == 0 &&
           tree_read(&property, property.size / sizeof(uint32_t), address);
}

static void read_ramdisk(struct boot_info *info, const struct tree_node *node)
{
    struct tree_property first = tree_property(node, "linux,initrd-start");
    struct tree_property last = tree_property(node, "linux,initrd-end");
    uint64_t start;
    uint64_t end;

    if (first.value == NULL && last.value == NULL)
        return;
    if (!read_whole(first, &start) || !read_whole(last, &end) || start > end) {
        boot_warn(info, "device tree: bad bounds of the ramdisk", first.size);
        return;
    }
    info->ramdisk = start;
    info->ramdisk_size = end - start;
    boot_add_memory(info, start, end - start, MEMORY_RAMDISK);
}

/* Mixes random bytes into the seed; more than it holds are folded together. */
static void read_seed(struct boot_info *info, const struct tree_node *node, const char *name)
{
    struct tree_property property = tree_property(node, name);

    for (uint32_t i = 0; i < property.size; i++) {
        uint32_t at = i % sizeof(info->seed);
        info->seed[at / sizeof(uint64_t)] ^= (uint64_t)property.value[i]
                                             << at % sizeof(uint64_t) * 8;
    }
}

void read_chosen(struct boot_info *info, const struct tree_node *node)
{
    read_command_line(info, node);
    read_ramdisk(info, node);
    read_seed(info, node, "rng-seed");
    read_seed(info, node, "kaslr-seed");
}

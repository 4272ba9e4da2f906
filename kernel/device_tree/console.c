/*
 * The serial port that is the console: serial/8250.yaml, serial/pl011.yaml and
 * clock/fixed-clock.yaml of the bindings; `stdout-path` in Devicetree Specification 0.4, 3.6.
 */
#include "cairn/error.h"
#include "device_tree/topics.h"
#include "lib/string.h"

enum {
    ALIAS_MAX = 31,
    BAUD_MAX = 4000000,
    SHIFT_MAX = 4,
    REGISTER_WIDE = 4, /* bytes of a 32-bit register */
};

static const struct tree_match ports[] = {
    {.compatible = "ns16550a", .kind = BOOT_CONSOLE_NS16550},
    {.compatible = "ns16550", .kind = BOOT_CONSOLE_NS16550},
    {.compatible = "snps,dw-apb-uart", .kind = BOOT_CONSOLE_NS16550},
    {.compatible = "arm,pl011", .kind = BOOT_CONSOLE_PL011},
};

/* The input clock: told by the port itself or by the first clock that it names. */
static uint32_t port_clock(const struct tree_node *node)
{
    struct tree_walk walk;
    const struct tree_node *clock = tree_find_reference(&walk, node, "clocks");
    uint32_t frequency = tree_property_cell(node, "clock-frequency", 0);

    return frequency != 0 ? frequency : tree_property_cell(clock, "clock-frequency", 0);
}

/* A value up to most; else 0, with a complaint. */
static uint32_t limit(struct boot_info *info, uint64_t value, uint64_t most, const char *complaint)
{
    if (value <= most)
        return (uint32_t)value;
    boot_warn(info, complaint, value);
    return 0;
}

/* The speed after the colon of "/path:115200n8", or what the port tells; 0 for neither. */
static uint32_t port_baud(struct boot_info *info, const struct tree_node *node, const char *options)
{
    uint64_t baud = 0;

    while (*options >= '0' && *options <= '9' && baud <= BAUD_MAX)
        baud = baud * 10 + (uint64_t)(*options++ - '0');
    if (baud == 0)
        baud = tree_property_cell(node, "current-speed", 0);
    return limit(info, baud, BAUD_MAX, "device tree: the console's speed is out of range");
}

/* Fills in how the registers of a 16550 are spaced and accessed. */
static void read_layout(struct boot_info *info, const struct tree_node *node,
                        struct boot_console *console, uint64_t size)
{
    uint32_t width = tree_property_cell(node, "reg-io-width", 1);
    uint32_t shift = limit(info, tree_property_cell(node, "reg-shift", 0), SHIFT_MAX,
                           "device tree: the console's reg-shift is out of range");

    if (width != 1 && width != REGISTER_WIDE) {
        boot_warn(info, "device tree: the console's registers have an odd width", width);
        width = 1;
    }
    console->stride = (uint8_t)(1u << shift);
    console->width = (uint8_t)width;
    console->address += limit(info, tree_property_cell(node, "reg-offset", 0), size - 1,
                              "device tree: the console's reg-offset is out of range");
}

static bool read_port(struct boot_info *info, const struct tree_node *node, const char *options)
{
    const struct tree_match *match = tree_match(node, ports, ARRAY_COUNT(ports));
    struct boot_console console = {.stride = REGISTER_WIDE, .width = REGISTER_WIDE};
    uint64_t size;

    if (match == NULL || !tree_is_enabled(node))
        return false;
    if (tree_register(node, 0, &console.address, &size) != OK || size == 0) {
        boot_warn(info, "device tree: bad registers of a serial port", console.address);
        return false;
    }
    console.kind = match->kind;
    if (console.kind == BOOT_CONSOLE_NS16550)
        read_layout(info, node, &console, size);
    console.clock_hz = port_clock(node);
    console.baud = port_baud(info, node, options);
    if (!tree_interrupt(node, 0, &console.interrupt))
        console.interrupt = 0;
    info->console = console;
    return true;
}

/* The node that stdout-path names by path or by alias, or NULL. */
static const struct tree_node *find_output(struct tree_walk *walk, const struct tree *tree,
                                           const char *path)
{
    char alias[ALIAS_MAX + 1];
    size_t length = 0;

    if (path[0] == '/')
        return tree_find_path(walk, tree, path);
    while (path[length] != '\0' && path[length] != ':')
        length++;
    if (length > ALIAS_MAX)
        return NULL;
    string_copy(alias, path, length + 1);
    path = tree_property_text(tree_find_path(walk, tree, "/aliases"), alias);
    return path != NULL ? tree_find_path(walk, tree, path) : NULL;
}

void read_console(struct boot_info *info, const struct tree *tree)
{
    struct tree_walk walk;
    const char *path = tree_property_text(tree_find_path(&walk, tree, "/chosen"), "stdout-path");
    const struct tree_node *node = path != NULL ? find_output(&walk, tree, path) : NULL;

    if (node != NULL) {
        const char *options = path;
        while (*options != '\0' && *options++ != ':')
            ;
        if (read_port(info, node, options))
            return;
    }
    boot_warn(info,
              path == NULL ? "device tree: no stdout-path; taking the first serial port"
                           : "device tree: can't use stdout-path; taking the first serial port",
              0);
    walk = (struct tree_walk){.tree = tree};
    while ((node = tree_walk_next(&walk)) != NULL) {
        if (read_port(info, node, ""))
            return;
    }
    boot_warn(info, "device tree: no serial port", 0);
}

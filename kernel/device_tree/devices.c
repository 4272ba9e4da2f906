/*
 * The remaining devices that start-up needs: PCI host (pci/host-generic-pci.yaml of the bindings;
 * PCI Bus Binding to IEEE 1275, 2.2.1), power (arm/psci.yaml, power/reset/syscon-poweroff.yaml) and
 * the real-time clock.
 */
#include "cairn/error.h"
#include "device_tree/topics.h"

enum {
    ECAM_BUS_SHIFT = 20, /* a bus has 1 MiB of configuration space */
    PCI_ADDRESS_CELLS = 3,
    PCI_SPACE_SHIFT = 24,
    PCI_SPACE_MASK = 3,
    PCI_SPACE_IO = 1,
    PCI_SPACE_MEMORY = 2,
    PCI_SPACE_MEMORY64 = 3,
};

static void read_pci_windows(struct boot_info *info, struct boot_pci *pci,
                             const struct tree_node *node)
{
    uint32_t parent_cells = tree_address_cells(node->parent);
    uint32_t size_cells = tree_size_cells(node);
    struct tree_property ranges = tree_property(node, "ranges");
    struct boot_pci_window *const windows[] = {
        [PCI_SPACE_IO] = &pci->io,
        [PCI_SPACE_MEMORY] = &pci->memory,
        [PCI_SPACE_MEMORY64] = &pci->memory64,
    };
    struct boot_pci_window told;
    uint64_t flags;
    uint64_t last;
    uint64_t cells = PCI_ADDRESS_CELLS + (uint64_t)parent_cells + size_cells;

    if (tree_address_cells(node) != PCI_ADDRESS_CELLS || parent_cells == 0 ||
        ranges.value == NULL) {
        boot_warn(info, "device tree: PCI host without windows", ranges.size);
        return;
    }
    if (ranges.size % (cells * sizeof(uint32_t)) != 0)
        boot_warn(info, "device tree: the PCI windows are cut short", ranges.size);
    while (tree_read(&ranges, 1, &flags) && tree_read(&ranges, PCI_ADDRESS_CELLS - 1, &told.bus) &&
           tree_read(&ranges, parent_cells, &told.address) &&
           tree_read(&ranges, size_cells, &told.size)) {
        struct boot_pci_window *window = windows[flags >> PCI_SPACE_SHIFT & PCI_SPACE_MASK];
        if (told.size == 0 || !tree_translate(node->parent, &told.address, told.size) ||
            __builtin_add_overflow(told.bus, told.size - 1, &last) ||
            __builtin_add_overflow(told.address, told.size - 1, &last))
            boot_warn(info, "device tree: bad PCI window", told.bus);
        else if (window != NULL && window->size == 0) /* the first of each kind counts */
            *window = told;
    }
}

/* Reads which buses there are; a pair that makes no sense leaves only the first bus. */
static void read_pci_buses(struct boot_info *info, struct boot_pci *pci,
                           const struct tree_node *node, uint64_t ecam_size)
{
    struct tree_property range = tree_property(node, "bus-range");
    uint64_t first = 0;
    uint64_t last = UINT8_MAX;
    uint64_t buses = ecam_size >> ECAM_BUS_SHIFT;

    if (range.value != NULL && (!tree_read(&range, 1, &first) || !tree_read(&range, 1, &last) ||
                                first > last || last > UINT8_MAX)) {
        boot_warn(info, "device tree: bad PCI bus-range", first);
        first = 0;
        last = 0;
    }
    if (last - first >= buses) {
        boot_warn(info, "device tree: PCI configuration space is too small; its buses", buses);
        last = first + buses - 1;
    }
    pci->first_bus = (uint8_t)first;
    pci->last_bus = (uint8_t)last;
}

void read_pci(struct boot_info *info, const struct tree_node *node)
{
    struct boot_pci pci = {.segment = 0};
    uint32_t domain = tree_property_cell(node, "linux,pci-domain", 0);
    uint64_t size;

    if (info->pci.ecam_address != 0) {
        boot_warn(info, "device tree: only the first PCI host is used; this domain is not", domain);
        return;
    }
    if (tree_register(node, 0, &pci.ecam_address, &size) != OK || size >> ECAM_BUS_SHIFT == 0 ||
        pci.ecam_address == 0 || domain > UINT16_MAX) {
        boot_warn(info, "device tree: bad PCI host", pci.ecam_address);
        return;
    }
    pci.segment = (uint16_t)domain;
    read_pci_buses(info, &pci, node, size);
    read_pci_windows(info, &pci, node);
    info->pci = pci;
}

void read_psci(struct boot_info *info, const struct tree_node *node)
{
    info->power.psci_uses_hvc = tree_property_is(node, "method", "hvc");
    info->power.psci = info->power.psci_uses_hvc || tree_property_is(node, "method", "smc");
    if (!info->power.psci)
        boot_warn(info, "device tree: PSCI without a method that is known", 0);
}

/* Where a device is that has at least so many bytes of registers. */
static void read_address(struct boot_info *info, const struct tree_node *node, uint64_t least,
                         uint64_t *address, const char *complaint)
{
    uint64_t told;
    uint64_t size;

    if (tree_register(node, 0, &told, &size) == OK && size >= least)
        *address = told;
    else
        boot_warn(info, complaint, 0);
}

void read_test_device(struct boot_info *info, const struct tree_node *node)
{
    read_address(info, node, sizeof(uint32_t), &info->power.test_device,
                 "device tree: bad registers of the test device");
}

/*
 * A system controller that switches off by the value that the test device takes, in its first
 * register, is driven as one.
 */
void read_syscon_power_off(struct boot_info *info, const struct tree_node *node)
{
    const uint32_t test_device_pass = 0x5555;
    struct tree_walk walk;
    const struct tree_node *controller = tree_find_reference(&walk, node, "regmap");

    if (info->power.test_device == 0 && tree_property_cell(node, "value", 0) == test_device_pass &&
        tree_property_cell(node, "offset", 1) == 0 && controller != NULL)
        read_test_device(info, controller);
}

void read_clock(struct boot_info *info, const struct tree_node *node)
{
    read_address(info, node, 1, &info->timer.clock_address,
                 "device tree: bad registers of the real-time clock");
}

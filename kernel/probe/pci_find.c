/*
 * Finding a PCI function and giving it an address, before there is a PCI driver.
 */
#include "probe/pci_find.h"

#include <stdbool.h>
#include <stddef.h>

#include "address_map/address_map.h"
#include "boot/boot.h"

enum {
    PCI_FUNCTIONS = 256,       /* on one bus: 32 devices of 8 */
    PCI_FUNCTION_BYTES = 4096, /* PCI Express Base Specification 3.0, section 7.2.2 */
    PCI_BASE_IS_IO = 1,
};

DEVICE struct pci_header *pci_find(uint16_t vendor, uint16_t device)
{
    static DEVICE char *bus;

    if (boot_info.pci.ecam_address == 0)
        return NULL;
    if (bus == NULL)
        bus = device_map(boot_info.pci.ecam_address, PCI_FUNCTIONS * PCI_FUNCTION_BYTES);
    if (bus == NULL)
        return NULL;
    for (size_t function = 0; function < PCI_FUNCTIONS; function++) {
        DEVICE struct pci_header *header =
            (DEVICE struct pci_header *)(bus + function * PCI_FUNCTION_BYTES);
        if (header->vendor == vendor && header->device == device)
            return header;
    }
    return NULL;
}

uint64_t pci_place(DEVICE struct pci_header *header, uint64_t size)
{
    const struct boot_pci *pci = &boot_info.pci;
    uint32_t base = header->base_address[0];
    bool is_io = (base & PCI_BASE_IS_IO) != 0;
    uint64_t window_address = is_io ? pci->io.address : pci->memory.address;
    uint64_t window_bus = is_io ? pci->io.bus : pci->memory.bus;
    uint64_t window_size = is_io ? pci->io.size : pci->memory.size;

    base &= is_io ? ~UINT32_C(3) : ~UINT32_C(15);
    if (base == 0) {
        /* At the window's end, where a later driver that counts from its start comes last. */
        if (window_size < size)
            return 0;
        base = (uint32_t)(window_bus + window_size - size);
        header->base_address[0] = base;
    }
    header->command |= is_io ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;
    return base - window_bus + window_address;
}

/*
 * Finding a PCI function and giving it an address, before there is a PCI driver.
 */
#include "probe/pci_find.h"

#include "address_map/address_map.h"
#include "boot/boot.h"

enum {
    PCI_FUNCTIONS = 256,       /* on one bus: 32 devices of 8 */
    PCI_FUNCTION_BYTES = 4096, /* PCI Express Base Specification 3.0, section 7.2.2 */
    PCI_BASE_IS_IO = 1,
    PCI_CAPABILITIES = 0x34,
    PCI_HEADER_BYTES = 0x40,
    PCI_CAPABILITY_MESSAGE = 5,
};

static DEVICE char *bus;

DEVICE struct pci_header *pci_find(uint16_t vendor, uint16_t device, size_t index)
{
    if (boot_info.pci.ecam_address == 0)
        return NULL;
    if (bus == NULL)
        bus = device_map(boot_info.pci.ecam_address, PCI_FUNCTIONS * PCI_FUNCTION_BYTES);
    if (bus == NULL)
        return NULL;
    for (size_t function = 0; function < PCI_FUNCTIONS; function++) {
        DEVICE struct pci_header *header =
            (DEVICE struct pci_header *)(bus + function * PCI_FUNCTION_BYTES);
        if (header->vendor == vendor && header->device == device && index-- == 0)
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
        /* From the window's end down, where a later driver that counts from its start comes last.
         */
        static uint64_t taken[2];
        if (window_size < taken[is_io] + size)
            return 0;
        base = (uint32_t)align_down(window_bus + window_size - taken[is_io] - size, size);
        taken[is_io] = window_bus + window_size - base;
        header->base_address[0] = base;
    }
    header->command |= is_io ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;
    return base - window_bus + window_address;
}

uint32_t pci_requester(DEVICE struct pci_header *header)
{
    return (uint32_t)boot_info.pci.first_bus << 8 |
           (uint32_t)(((DEVICE char *)header - bus) / PCI_FUNCTION_BYTES);
}

bool pci_set_message(DEVICE struct pci_header *header, uint64_t address, uint16_t data)
{
    enum { CONTROL = 2, ADDRESS = 4, CONTROL_ENABLE = 1, CONTROL_64_BITS = 1 << 7 };
    DEVICE char *bytes = (DEVICE char *)header;
    uint8_t place = *(DEVICE uint8_t *)(bytes + PCI_CAPABILITIES) & ~3u;

    while (place >= PCI_HEADER_BYTES && bytes[place] != PCI_CAPABILITY_MESSAGE)
        place = *(DEVICE uint8_t *)(bytes + place + 1) & ~3u;
    if (place < PCI_HEADER_BYTES)
        return false;
    DEVICE uint16_t *control = (DEVICE uint16_t *)(bytes + place + CONTROL);
    bool wide = (*control & CONTROL_64_BITS) != 0;
    *(DEVICE uint32_t *)(bytes + place + ADDRESS) = (uint32_t)address;
    if (wide)
        *(DEVICE uint32_t *)(bytes + place + ADDRESS + 4) = (uint32_t)(address >> 32);
    *(DEVICE uint16_t *)(bytes + place + ADDRESS + (wide ? 8 : 4)) = data;
    *control = CONTROL_ENABLE;
    header->command |= PCI_COMMAND_MASTER;
    return true;
}

/**
 * @file
 * Just enough PCI Express for the grader's devices, its serial port, its watchdog and those that it
 * has send messages: finding a function on the first bus and giving it an address when the firmware
 * has not.
 *
 * Source: PCI Local Bus Specification 3.0, section 6.1 (the header), 6.2.5 (base addresses), 6.7
 * and 6.8 (capabilities and messages).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/address_space.h"

/**
 * The configuration header of a device with ordinary functions ("type 0"), as far as it is used.
 */
struct pci_header {
    uint16_t vendor;
    uint16_t device;
    uint16_t command;
    uint16_t status;
    uint32_t class_and_revision;
    uint32_t cache_line_to_self_test;
    uint32_t base_address[6];
};
_Static_assert(sizeof(struct pci_header) == 0x28, "PCI header up to its base addresses");

/** Bits of pci_header.command. */
enum pci_command { PCI_COMMAND_IO = 1, PCI_COMMAND_MEMORY = 2, PCI_COMMAND_MASTER = 4 };

/**
 * Finds a function of @p vendor and @p device.
 * @param index which one of several, from 0
 * @return its registers or NULL
 */
DEVICE struct pci_header *pci_find(uint16_t vendor, uint16_t device, size_t index);

/** What the function calls itself when it writes: its bus and its place there. */
uint32_t pci_requester(DEVICE struct pci_header *header);

/**
 * Has the function write @p data to @p address when it wants attention (MSI), once at a time.
 * @return false when it has no messages
 */
bool pci_set_message(DEVICE struct pci_header *header, uint64_t address, uint16_t data);

/**
 * Makes the function answer at its first base address, at the end of the host bridge's window if
 * the firmware has given it no place.
 * @param size bytes, a power of two, at least 16
 * @return the processor's physical address of it, or 0 when there is no window
 */
uint64_t pci_place(DEVICE struct pci_header *header, uint64_t size);

/**
 * @file
 * @defgroup acpi ACPI tables
 * Reads what start-up needs of the ACPI tables: RSDP, XSDT or RSDT, MADT, SRAT, SLIT, MCFG, FADT,
 * HPET. Source: ACPI Specification 6.5, chapters 5 and 17; PCI Firmware Specification 3.3, 4.1.2.
 * @{
 */
#pragma once

#include "boot/boot.h"

/**
 * Fills processors, nodes, interrupt controllers, PCI host, timers and power of @p info.
 *
 * A table with a bad checksum, length or entry is reported by boot_warn() and skipped; what the
 * others say is still used.
 * @param window reads physical memory
 * @param rsdp physical address of the root pointer, as the boot loader found it
 * @return OK, or ERROR_NOT_FOUND or ERROR_CORRUPT when there is no usable root table
 * Context: start-up, boot processor; also builds for the host.
 */
int acpi_parse(struct boot_info *info, boot_window *window, uint64_t rsdp);

/** @} */

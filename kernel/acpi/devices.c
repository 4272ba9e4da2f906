/*
 * PCI configuration space (MCFG: PCI Firmware Specification 3.3, 4.1.2) and the high-precision
 * timer (HPET: IA-PC HPET Specification 1.0a, 3.2.4).
 */
#include "acpi/tables.h"

enum {
    MCFG_ENTRIES = 44,   /* the header and 8 reserved bytes */
    ECAM_BUS_SHIFT = 20, /* a bus has 1 MiB of configuration space */
    HPET_ADDRESS = 40,   /* of the registers; the header and the block's identification */
};

/* MCFG: one segment group, or some buses of one. */
struct PACKED mcfg_entry {
    uint64_t base; /* of bus 0, whether that is there or not */
    uint16_t segment;
    uint8_t first_bus;
    uint8_t last_bus;
    uint32_t reserved;
};
_Static_assert(sizeof(struct mcfg_entry) == 16, "MCFG entry");

void acpi_read_mcfg(struct boot_info *info, const struct acpi_tables *tables)
{
    const struct acpi_table *table = acpi_table_find(tables, "MCFG");
    struct mcfg_entry entry;

    if (table == NULL)
        return;
    for (size_t at = MCFG_ENTRIES; acpi_table_read(table, at, &entry, sizeof(entry));
         at += sizeof(entry)) {
        uint64_t last = 0;
        if (entry.base == 0 || entry.first_bus > entry.last_bus ||
            __builtin_add_overflow(entry.base,
                                   ((entry.last_bus + UINT64_C(1)) << ECAM_BUS_SHIFT) - 1, &last)) {
            boot_warn(info, "ACPI: bad PCI configuration space", entry.base);
        } else if (info->pci.ecam_address != 0) {
            boot_warn(info, "ACPI: only the first PCI host is used; not this segment",
                      entry.segment);
        } else {
            info->pci.ecam_address = entry.base + ((uint64_t)entry.first_bus << ECAM_BUS_SHIFT);
            info->pci.segment = entry.segment;
            info->pci.first_bus = entry.first_bus;
            info->pci.last_bus = entry.last_bus;
        }
    }
    if (info->pci.ecam_address == 0)
        boot_warn(info, "ACPI: the MCFG tells of no PCI host", table->header.length);
}

void acpi_read_hpet(struct boot_info *info, const struct acpi_tables *tables)
{
    const struct acpi_table *table = acpi_table_find(tables, "HPET");
    struct acpi_address registers;

    if (table == NULL)
        return;
    if (!acpi_table_read(table, HPET_ADDRESS, &registers, sizeof(registers)) ||
        registers.space != ACPI_SPACE_MEMORY)
        boot_warn(info, "ACPI: bad HPET table", table->header.length);
    else
        info->timer.hpet_address = registers.address;
}

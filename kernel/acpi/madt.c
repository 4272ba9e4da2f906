/*
 * Multiple APIC description table: processors, interrupt controllers, overrides of legacy
 * interrupts. ACPI Specification 6.5, 5.2.12.
 */
#include "acpi/tables.h"

#include "lib/util.h"

/* 5.2.12 */
struct PACKED madt {
    struct acpi_header header;
    uint32_t local_apic;
    uint32_t flags;
};
_Static_assert(sizeof(struct madt) == 44, "MADT");

/* 5.2.12.2 */
struct PACKED local_apic {
    struct acpi_entry entry;
    uint8_t processor;
    uint8_t id;
    uint32_t flags;
};
_Static_assert(sizeof(struct local_apic) == 8, "MADT local APIC");

/* 5.2.12.3 */
struct PACKED io_apic {
    struct acpi_entry entry;
    uint8_t id;
    uint8_t reserved;
    uint32_t address;
    uint32_t first_interrupt;
};
_Static_assert(sizeof(struct io_apic) == 12, "MADT I/O APIC");

/* 5.2.12.5 */
struct PACKED interrupt_override {
    struct acpi_entry entry;
    uint8_t bus;
    uint8_t source;
    uint32_t global;
    uint16_t flags;
};
_Static_assert(sizeof(struct interrupt_override) == 10, "MADT interrupt source override");

/* 5.2.12.8 */
struct PACKED local_apic_address {
    struct acpi_entry entry;
    uint16_t reserved;
    uint64_t address;
};
_Static_assert(sizeof(struct local_apic_address) == 12, "MADT local APIC address override");

/* 5.2.12.12 */
struct PACKED local_x2apic {
    struct acpi_entry entry;
    uint16_t reserved;
    uint32_t id;
    uint32_t flags;
    uint32_t processor;
};
_Static_assert(sizeof(struct local_x2apic) == 16, "MADT local x2APIC");

enum {
    PROCESSOR_ENABLED = 1 << 0,
    LOCAL_APIC_BROADCAST = 0xff, /* an ID that no processor has; firmware fills unused entries so */
    LEGACY_INTERRUPTS = 16,
    /* Interrupt flags, 5.2.12.5: two bits each; 0 is the bus's own way: active high, edge. */
    POLARITY_MASK = 3,
    POLARITY_LOW = 3,
    TRIGGER_MASK = 3 << 2,
    TRIGGER_LEVEL = 3 << 2,
};

static void add_processor(struct boot_info *info, uint32_t id, uint32_t processor, uint32_t flags)
{
    boot_add_processor(info, &(struct boot_processor){
                                 .hardware_id = id,
                                 .firmware_id = processor,
                                 .usable = (flags & PROCESSOR_ENABLED) != 0,
                             });
}

static void read_local_apic(struct boot_info *info, const void *entry)
{
    const struct local_apic *apic = entry;

    if (apic->id != LOCAL_APIC_BROADCAST)
        add_processor(info, apic->id, apic->processor, apic->flags);
}

static void read_local_x2apic(struct boot_info *info, const void *entry)
{
    const struct local_x2apic *apic = entry;

    if (apic->id != UINT32_MAX)
        add_processor(info, apic->id, apic->processor, apic->flags);
}

static void read_io_apic(struct boot_info *info, const void *entry)
{
    const struct io_apic *apic = entry;

    boot_add_controller(info, &(struct boot_controller){
                                  .kind = BOOT_IO_APIC,
                                  .first_interrupt = apic->first_interrupt,
                                  .address = apic->address,
                                  .size = PAGE_SIZE,
                              });
}

static void read_override(struct boot_info *info, const void *entry)
{
    const struct interrupt_override *override = entry;

    if (override->bus != 0 || override->source >= LEGACY_INTERRUPTS)
        boot_warn(info, "ACPI: an override of an interrupt that is not legacy", override->source);
    else if (info->override_count == ARRAY_COUNT(info->overrides))
        boot_warn(info, "ACPI: too many interrupt overrides, one lost", override->source);
    else
        info->overrides[info->override_count++] = (struct boot_interrupt_override){
            .legacy = override->source,
            .active_low = (override->flags & POLARITY_MASK) == POLARITY_LOW,
            .level_triggered = (override->flags & TRIGGER_MASK) == TRIGGER_LEVEL,
            .global = override->global,
        };
}

/*
 * The local APICs' registers are told in the table's head, and again in an entry when above 4 GiB.
 */
static void read_local_apic_address(struct boot_info *info, const void *entry)
{
    const struct local_apic_address *override = entry;

    for (size_t i = 0; i < info->controller_count; i++) {
        if (info->controllers[i].kind == BOOT_LOCAL_APIC)
            info->controllers[i].address = override->address;
    }
}

static const struct acpi_entry_kind kinds[] = {
    {0, sizeof(struct local_apic), read_local_apic},
    {1, sizeof(struct io_apic), read_io_apic},
    {2, sizeof(struct interrupt_override), read_override},
    {5, sizeof(struct local_apic_address), read_local_apic_address},
    {9, sizeof(struct local_x2apic), read_local_x2apic},
};

void acpi_read_madt(struct boot_info *info, const struct acpi_tables *tables)
{
    const struct acpi_table *table = acpi_table_find(tables, "APIC");
    struct madt madt;

    if (table == NULL || !acpi_table_read(table, 0, &madt, sizeof(madt))) {
        boot_warn(info, "ACPI: no usable MADT, so no processors are told", 0);
        return;
    }
    boot_add_controller(info, &(struct boot_controller){
                                  .kind = BOOT_LOCAL_APIC,
                                  .address = madt.local_apic,
                                  .size = PAGE_SIZE,
                              });
    acpi_table_read_entries(info, table, sizeof(madt), kinds, ARRAY_COUNT(kinds));
}

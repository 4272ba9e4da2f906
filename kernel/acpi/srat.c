/*
 * Memory nodes: system resource affinity table and system locality information table. ACPI
 * Specification 6.5, 5.2.16 and 5.2.17. A proximity domain's number is the node's.
 */
#include "acpi/tables.h"

#include "lib/util.h"

enum {
    SRAT_ENTRIES = 48,     /* the header and 12 reserved bytes */
    SRAT_WIDE_DOMAINS = 2, /* before this revision a domain of a processor has 8 bits */

    AFFINITY_ENABLED = 1 << 0,
};

/* 5.2.16.1 */
struct PACKED processor_affinity {
    struct acpi_entry entry;
    uint8_t domain_low;
    uint8_t id;
    uint32_t flags;
    uint32_t domain_high; /* its low byte is a local SAPIC's */
    uint32_t clock_domain;
};
_Static_assert(sizeof(struct processor_affinity) == 16, "SRAT processor");

/* 5.2.16.2 */
struct PACKED memory_affinity {
    struct acpi_entry entry;
    uint32_t domain;
    uint16_t reserved;
    uint64_t base;
    uint64_t size;
    uint32_t reserved2;
    uint32_t flags;
    uint64_t reserved3;
};
_Static_assert(sizeof(struct memory_affinity) == 40, "SRAT memory");

/* 5.2.16.3 */
struct PACKED x2apic_affinity {
    struct acpi_entry entry;
    uint16_t reserved;
    uint32_t domain;
    uint32_t id;
    uint32_t flags;
    uint32_t clock_domain;
    uint32_t reserved2;
};
_Static_assert(sizeof(struct x2apic_affinity) == 24, "SRAT x2APIC");

/* 5.2.17 */
struct PACKED slit {
    struct acpi_header header;
    uint64_t localities;
};
_Static_assert(sizeof(struct slit) == 44, "SLIT");

static void set_node(struct boot_info *info, uint32_t id, uint32_t domain)
{
    uint32_t node = boot_node(info, domain);
    struct boot_processor *processor = boot_find_processor(info, id);

    if (processor != NULL)
        processor->node = node;
    else
        boot_warn(info, "ACPI: the SRAT names a processor that the MADT does not", id);
}

static void read_processor(struct boot_info *info, const void *entry)
{
    const struct processor_affinity *affinity = entry;

    if ((affinity->flags & AFFINITY_ENABLED) != 0)
        set_node(info, affinity->id,
                 affinity->domain_low | (affinity->domain_high & ~(uint32_t)UINT8_MAX));
}

static void read_narrow_processor(struct boot_info *info, const void *entry)
{
    const struct processor_affinity *affinity = entry;

    if ((affinity->flags & AFFINITY_ENABLED) != 0)
        set_node(info, affinity->id, affinity->domain_low);
}

static void read_x2apic(struct boot_info *info, const void *entry)
{
    const struct x2apic_affinity *affinity = entry;

    if ((affinity->flags & AFFINITY_ENABLED) != 0)
        set_node(info, affinity->id, affinity->domain);
}

static void read_memory(struct boot_info *info, const void *entry)
{
    const struct memory_affinity *affinity = entry;

    if ((affinity->flags & AFFINITY_ENABLED) != 0 && affinity->size > 0)
        boot_add_node_range(info, affinity->base, affinity->size,
                            boot_node(info, affinity->domain));
}

void acpi_read_srat(struct boot_info *info, const struct acpi_tables *tables)
{
    const struct acpi_table *table = acpi_table_find(tables, "SRAT");

    if (table == NULL)
        return;
    bool wide = table->header.revision >= SRAT_WIDE_DOMAINS;
    const struct acpi_entry_kind kinds[] = {
        {0, sizeof(struct processor_affinity), wide ? read_processor : read_narrow_processor},
        {1, sizeof(struct memory_affinity), read_memory},
        {2, sizeof(struct x2apic_affinity), read_x2apic},
    };
    acpi_table_read_entries(info, table, SRAT_ENTRIES, kinds, ARRAY_COUNT(kinds));
}

void acpi_read_slit(struct boot_info *info, const struct acpi_tables *tables)
{
    const struct acpi_table *table = acpi_table_find(tables, "SLIT");
    struct slit slit;

    if (table == NULL)
        return;
    if (!acpi_table_read(table, 0, &slit, sizeof(slit)) || slit.localities > UINT16_MAX ||
        slit.localities * slit.localities > table->header.length - sizeof(slit)) {
        boot_warn(info, "ACPI: the SLIT is too short for its nodes", table->header.length);
        return;
    }
    for (size_t from = 0; from < slit.localities && from < info->node_count; from++) {
        for (size_t to = 0; to < slit.localities && to < info->node_count; to++)
            boot_set_distance(info, from, to,
                              table->bytes[sizeof(slit) + from * slit.localities + to]);
    }
}

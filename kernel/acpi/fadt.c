/*
 * Fixed ACPI description table: power and reset. ACPI Specification 6.5, 5.2.9. What switches the
 * machine off stands in the DSDT: \_S5 (7.4.2, 7.4.2.6).
 */
#include "acpi/tables.h"

#include "cairn/error.h"
#include "lib/string.h"

/* 5.2.9; older revisions are shorter, and what they lack reads as 0. */
struct PACKED fadt {
    struct acpi_header header;
    uint32_t facs;
    uint32_t dsdt;
    uint8_t unused1[20];
    uint32_t pm1a_control;
    uint32_t pm1b_control;
    uint8_t unused2[40];
    uint32_t flags;
    struct acpi_address reset;
    uint8_t reset_value;
    uint8_t unused3[11];
    uint64_t x_dsdt;
    uint8_t unused4[24];
    struct acpi_address x_pm1a_control;
    struct acpi_address x_pm1b_control;
};
_Static_assert(offsetof(struct fadt, dsdt) == 40, "FADT");
_Static_assert(offsetof(struct fadt, pm1a_control) == 64, "FADT");
_Static_assert(offsetof(struct fadt, flags) == 112, "FADT");
_Static_assert(offsetof(struct fadt, reset) == 116, "FADT");
_Static_assert(offsetof(struct fadt, x_dsdt) == 140, "FADT");
_Static_assert(offsetof(struct fadt, x_pm1a_control) == 172, "FADT");

enum {
    FADT_LEAST = offsetof(struct fadt, reset), /* the length of revision 1 */
    FADT_RESET_SUPPORTED = 1 << 10,
};

/* The few encodings of AML that \_S5 uses, 20.2. */
enum {
    AML_ZERO = 0x00,
    AML_ONE = 0x01,
    AML_NAME = 0x08,
    AML_BYTE = 0x0a,
    AML_DWORD = 0x0c,
    AML_PACKAGE = 0x12,
    AML_ROOT = 0x5c,
    SLEEP_TYPE_MAX = 7, /* SLP_TYPx has three bits */
};

/* The integer constant of at most 32 bits at *at, which moves past it; -1 for anything else. */
static int64_t aml_integer(const struct acpi_table *table, size_t *at)
{
    uint8_t opcode;
    uint32_t value = 0;

    if (!acpi_table_read(table, (*at)++, &opcode, sizeof(opcode)))
        return -1;
    if (opcode == AML_ZERO || opcode == AML_ONE)
        return opcode;
    if (opcode < AML_BYTE || opcode > AML_DWORD)
        return -1;
    /* The prefixes of 1, 2 and 4 bytes follow one another. */
    size_t size = (size_t)1 << (opcode - AML_BYTE);
    bool whole = acpi_table_read(table, *at, &value, size);
    *at += size;
    return whole ? (int64_t)value : -1;
}

/*
 * Reads `Package () {a, b, ...}` behind a name: opcode, length (whose top two bits say how many
 * more bytes it has), number of elements, elements.
 */
static bool read_sleep_package(const struct acpi_table *table, size_t at, struct boot_power *power)
{
    uint8_t head[2]; /* opcode, first byte of the length */
    uint8_t elements;

    if (!acpi_table_read(table, at, head, sizeof(head)) || head[0] != AML_PACKAGE)
        return false;
    at += sizeof(head) + (head[1] >> 6);
    acpi_table_read(table, at++, &elements, sizeof(elements));
    int64_t type_a = aml_integer(table, &at);
    int64_t type_b = elements >= 2 ? aml_integer(table, &at) : type_a;
    if (elements < 1 || type_a < 0 || type_a > SLEEP_TYPE_MAX || type_b < 0 ||
        type_b > SLEEP_TYPE_MAX)
        return false;
    power->s5_type_a = (uint8_t)type_a;
    power->s5_type_b = (uint8_t)type_b;
    power->has_s5 = true;
    return true;
}

/* Looks for `Name (_S5_, Package ...)` without interpreting the AML around it. */
static bool find_sleep_type(struct boot_power *power, const struct acpi_table *table)
{
    static const char name[4] = "_S5_";

    for (size_t at = sizeof(struct acpi_header) + 1;
         range_within(at, sizeof(name), table->header.length); at++) {
        const uint8_t *here = table->bytes + at;
        if (*here == name[0] && memcmp(here, name, sizeof(name)) == 0 &&
            (here[-1] == AML_NAME || (here[-1] == AML_ROOT && here[-2] == AML_NAME)) &&
            read_sleep_package(table, at + sizeof(name), power))
            return true;
    }
    return false;
}

static void read_sleep_type(struct boot_info *info, const struct acpi_tables *tables,
                            uint64_t dsdt_address)
{
    struct acpi_table dsdt;

    if (acpi_table_open(info, tables->window, dsdt_address, &dsdt) == OK &&
        acpi_table_is(&dsdt, "DSDT") && find_sleep_type(&info->power, &dsdt))
        return;
    for (size_t i = 0; i < tables->count; i++) {
        if (acpi_table_is(&tables->tables[i], "SSDT") &&
            find_sleep_type(&info->power, &tables->tables[i]))
            return;
    }
    boot_warn(info, "ACPI: no way to switch off is told", dsdt_address);
}

/* The port that a block is at: the extended form when it is told and a port, else the old one. */
static uint16_t block_port(struct boot_info *info, const struct acpi_address *extended,
                           uint32_t old)
{
    uint64_t port = old;

    if (extended->address != 0 && extended->space == ACPI_SPACE_IO)
        port = extended->address;
    if (port > UINT16_MAX) {
        boot_warn(info, "ACPI: a port is out of range", port);
        port = 0;
    }
    return (uint16_t)port;
}

static void read_reset(struct boot_info *info, const struct fadt *fadt)
{
    if ((fadt->flags & FADT_RESET_SUPPORTED) == 0 || fadt->reset.address == 0)
        return;
    info->power.reset_port = block_port(info, &fadt->reset, 0);
    info->power.reset_value = fadt->reset_value;
    if (info->power.reset_port == 0)
        boot_warn(info, "ACPI: the reset register is no port", fadt->reset.address);
}

void acpi_read_fadt(struct boot_info *info, const struct acpi_tables *tables)
{
    const struct acpi_table *table = acpi_table_find(tables, "FACP");
    struct fadt fadt;

    if (table == NULL || table->header.length < FADT_LEAST) {
        boot_warn(info, "ACPI: no usable FADT, so no way to switch off", 0);
        return;
    }
    acpi_table_read(table, 0, &fadt, sizeof(fadt));
    info->power.pm1a_control = block_port(info, &fadt.x_pm1a_control, fadt.pm1a_control);
    info->power.pm1b_control = block_port(info, &fadt.x_pm1b_control, fadt.pm1b_control);
    read_reset(info, &fadt);
    read_sleep_type(info, tables, fadt.x_dsdt != 0 ? fadt.x_dsdt : fadt.dsdt);
}

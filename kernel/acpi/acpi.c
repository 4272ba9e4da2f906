/*
 * From the root pointer to the list of tables. ACPI Specification 6.5, 5.2.5 to 5.2.8.
 *
 *     RSDP ──> XSDT (or RSDT, when the RSDP is old or the XSDT is bad) ──> MADT, FADT, SRAT, ...
 */
#include "acpi/acpi.h"

#include "acpi/tables.h"
#include "cairn/error.h"
#include "lib/string.h"

/* Root system description pointer, 5.2.5.3. Revision 0 ends after rsdt. */
struct PACKED root_pointer {
    char signature[8];
    uint8_t checksum;
    char oem_id[6];
    uint8_t revision;
    uint32_t rsdt;
    uint32_t length;
    uint64_t xsdt;
    uint8_t extended_checksum;
    uint8_t reserved[3];
};
_Static_assert(sizeof(struct root_pointer) == 36, "root pointer");

enum { ROOT_POINTER_OLD_SIZE = 20, ROOT_POINTER_MAX = 4096 };

static bool checksum_is_good(const void *bytes, size_t size)
{
    uint8_t sum = 0;

    for (size_t i = 0; i < size; i++)
        sum = (uint8_t)(sum + ((const uint8_t *)bytes)[i]);
    return sum == 0;
}

/* Reads the root pointer at @p address if there is a good one. */
static bool read_root_pointer(boot_window *window, uint64_t address, struct root_pointer *root)
{
    const void *bytes = NULL;

    *root = (struct root_pointer){.revision = 0};
    if (!boot_read_physical(window, address, root, ROOT_POINTER_OLD_SIZE) ||
        memcmp(root->signature, "RSD PTR ", sizeof(root->signature)) != 0 ||
        !checksum_is_good(root, ROOT_POINTER_OLD_SIZE))
        return false;
    if (root->revision == 0)
        return true;
    /* A later one has a second checksum; when that is bad, the old part still holds. */
    if (boot_read_physical(window, address, root, sizeof(*root)) && root->length >= sizeof(*root) &&
        root->length <= ROOT_POINTER_MAX)
        bytes = window(address, root->length);
    if (bytes == NULL || !checksum_is_good(bytes, root->length))
        root->xsdt = 0;
    return true;
}

int acpi_table_open(struct boot_info *info, boot_window *window, uint64_t address,
                    struct acpi_table *table)
{
    if (!boot_read_physical(window, address, &table->header, sizeof(table->header)))
        return boot_warn(info, "ACPI: a table lies where there is no memory", address);
    uint32_t length = table->header.length;
    bool sized = length >= sizeof(table->header) && length <= ACPI_TABLE_MAX;
    table->bytes = sized ? window(address, length) : NULL;
    if (table->bytes == NULL)
        return boot_warn(info, "ACPI: a table's length is wrong", address);
    if (!checksum_is_good(table->bytes, length))
        return boot_warn(info, "ACPI: a table's checksum is wrong", address);
    table->address = address;
    return OK;
}

bool acpi_table_is(const struct acpi_table *table, const char *signature)
{
    return memcmp(table->header.signature, signature, sizeof(table->header.signature)) == 0;
}

const struct acpi_table *acpi_table_find(const struct acpi_tables *tables, const char *signature)
{
    for (size_t i = 0; i < tables->count; i++) {
        if (acpi_table_is(&tables->tables[i], signature))
            return &tables->tables[i];
    }
    return NULL;
}

bool acpi_table_read(const struct acpi_table *table, size_t offset, void *to, size_t size)
{
    size_t length = table->header.length;
    size_t there = offset < length ? length - offset : 0;

    memset(to, 0, size);
    memcpy(to, table->bytes + (there > 0 ? offset : 0), there < size ? there : size);
    return there >= size;
}

/* Has the kind that fits, if there is one, read an entry that lies in the table. */
static void read_entry(struct boot_info *info, const struct acpi_entry *entry,
                       const struct acpi_entry_kind *kinds, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (kinds[i].type != entry->type)
            continue;
        if (entry->length >= kinds[i].size)
            kinds[i].read(info, entry);
        else
            boot_warn(info, "ACPI: an entry of MADT or SRAT is too short, its type", entry->type);
    }
}

void acpi_table_read_entries(struct boot_info *info, const struct acpi_table *table, size_t offset,
                             const struct acpi_entry_kind *kinds, size_t count)
{
    struct acpi_entry entry;

    for (; offset < table->header.length; offset += entry.length) {
        if (!acpi_table_read(table, offset, &entry, sizeof(entry)) ||
            entry.length < sizeof(entry) ||
            !range_within(offset, entry.length, table->header.length)) {
            boot_warn(info, "ACPI: a table's entry has a wrong length, at",
                      table->address + offset);
            return;
        }
        read_entry(info, (const void *)(table->bytes + offset), kinds, count);
    }
}

/* Opens all tables that a root table names by addresses of @p width bytes. */
static void collect(struct boot_info *info, struct acpi_tables *tables,
                    const struct acpi_table *root, size_t width)
{
    size_t offset = sizeof(struct acpi_header);

    for (; offset + width <= root->header.length; offset += width) {
        uint64_t address = 0;

        if (tables->count == ACPI_TABLES_MAX) {
            boot_warn(info, "ACPI: too many tables, the rest is left out", ACPI_TABLES_MAX);
            return;
        }
        acpi_table_read(root, offset, &address, width);
        if (address != 0 &&
            acpi_table_open(info, tables->window, address, &tables->tables[tables->count]) == OK)
            tables->count++;
    }
    if (offset != root->header.length)
        boot_warn(info, "ACPI: the root table's length is odd", root->header.length);
}

static int open_root(struct boot_info *info, boot_window *window, uint64_t address,
                     const char *signature, struct acpi_table *table)
{
    if (address == 0)
        return ERROR_NOT_FOUND;
    int error = acpi_table_open(info, window, address, table);
    if (error == OK && !acpi_table_is(table, signature))
        return boot_warn(info, "ACPI: this is not the root table", address);
    return error;
}

int acpi_parse(struct boot_info *info, boot_window *window, uint64_t rsdp)
{
    struct acpi_tables tables = {.window = window};
    struct root_pointer root;
    struct acpi_table table;

    if (info->node_count == 0)
        info->node_count = 1;
    if (!read_root_pointer(window, rsdp, &root)) {
        boot_warn(info, "ACPI: no root pointer", rsdp);
        return ERROR_NOT_FOUND;
    }
    if (open_root(info, window, root.xsdt, "XSDT", &table) == OK)
        collect(info, &tables, &table, sizeof(uint64_t));
    else if (open_root(info, window, root.rsdt, "RSDT", &table) == OK)
        collect(info, &tables, &table, sizeof(uint32_t));
    else
        return boot_warn(info, "ACPI: no usable root table", root.rsdt);
    acpi_read_madt(info, &tables);
    acpi_read_srat(info, &tables);
    acpi_read_slit(info, &tables);
    acpi_read_fadt(info, &tables);
    acpi_read_mcfg(info, &tables);
    acpi_read_hpet(info, &tables);
    return OK;
}

/*
 * The layout of the ACPI tables that are read (ACPI Specification 6.5, by section), and the calls
 * between the files here. All fields are little-endian, as the host is, and none need be aligned:
 * the structs are packed, so the compiler expects none to be.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "boot/boot.h"

/** A larger table is taken for a damaged length. */
#define ACPI_TABLE_MAX (4 * MIB)

/** The most tables that are kept; a machine has a dozen or two. */
#define ACPI_TABLES_MAX 64

#define PACKED          __attribute__((packed))

/** Generic address structure, 5.2.3.2. */
struct PACKED acpi_address {
    uint8_t space;
    uint8_t bit_width;
    uint8_t bit_offset;
    uint8_t access_size;
    uint64_t address;
};
_Static_assert(sizeof(struct acpi_address) == 12, "generic address structure");

enum { ACPI_SPACE_MEMORY = 0, ACPI_SPACE_IO = 1 };

/** The start of every table, 5.2.6. */
struct PACKED acpi_header {
    char signature[4];
    uint32_t length;
    uint8_t revision;
    uint8_t checksum;
    char oem_id[6];
    char oem_table_id[8];
    uint32_t oem_revision;
    uint32_t creator_id;
    uint32_t creator_revision;
};
_Static_assert(sizeof(struct acpi_header) == 36, "table header");

/** The start of every entry of MADT and SRAT, 5.2.12 and 5.2.16. */
struct PACKED acpi_entry {
    uint8_t type;
    uint8_t length;
};

/** A table whose length and checksum are good. */
struct acpi_table {
    struct acpi_header header;
    const uint8_t *bytes; /**< The whole table, header.length bytes. */
    uint64_t address;
};

/** All good tables that the root table points to. */
struct acpi_tables {
    boot_window *window;
    size_t count;
    struct acpi_table tables[ACPI_TABLES_MAX];
};

/**
 * Opens the table at a physical address and checks its length and checksum.
 * @return OK, or ERROR_CORRUPT after a warning
 */
int acpi_table_open(struct boot_info *info, boot_window *window, uint64_t address,
                    struct acpi_table *table);

/** Whether the table has this signature of four letters. */
bool acpi_table_is(const struct acpi_table *table, const char *signature);

/** The first table with this signature, or NULL. */
const struct acpi_table *acpi_table_find(const struct acpi_tables *tables, const char *signature);

/**
 * Copies a structure out of a table.
 * @param[out] to filled as far as the table reaches from @p offset on, the rest set to 0
 * @return whether the table held all of it
 */
bool acpi_table_read(const struct acpi_table *table, size_t offset, void *to, size_t size);

/** A type of entry, and what reads one; at least @p size bytes lie in the table at @p entry. */
struct acpi_entry_kind {
    uint8_t type;
    uint8_t size;
    void (*read)(struct boot_info *info, const void *entry);
};

/**
 * Reads the entries of a table from @p offset on. Other types are passed over; one that is too
 * short gives a warning; a damaged length ends the reading with one.
 */
void acpi_table_read_entries(struct boot_info *info, const struct acpi_table *table, size_t offset,
                             const struct acpi_entry_kind *kinds, size_t count);

/** Processors, interrupt controllers and overrides. */
void acpi_read_madt(struct boot_info *info, const struct acpi_tables *tables);
/** Which node processors and memory belong to; after acpi_read_madt(). */
void acpi_read_srat(struct boot_info *info, const struct acpi_tables *tables);
/** How far the nodes are apart; after acpi_read_srat(). */
void acpi_read_slit(struct boot_info *info, const struct acpi_tables *tables);
/** Power and reset; with what the DSDT says of switching off. */
void acpi_read_fadt(struct boot_info *info, const struct acpi_tables *tables);
/** PCI configuration space. */
void acpi_read_mcfg(struct boot_info *info, const struct acpi_tables *tables);
void acpi_read_hpet(struct boot_info *info, const struct acpi_tables *tables);

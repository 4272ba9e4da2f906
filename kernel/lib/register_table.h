/**
 * @file
 * Tables that subsystems fill without naming each other.
 *
 * An entry placed with REGISTER() goes into a linker section of its own; the linker gathers the
 * sections of one table between two symbols, sorted by name. So a later lab adds an init call, a
 * monitor command or a probe by adding a file. The linker script (`kernel/kernel.ld`) lists the
 * tables.
 *
 * @addtogroup lib
 * @{
 */
#pragma once

/**
 * Defines @p declaration as an entry of @p table.
 * @param table the table's name, as the linker script gives it
 * @param order a word that sorts the entry within the table
 */
#define REGISTER(table, order, declaration)                                                        \
    static const __attribute__((used, section(".table." #table "." #order), aligned(8))) declaration

/** Walks all entries of @p table, whose entries are of type `const struct type`. */
#define REGISTER_TABLE_DECLARE(type, table)                                                        \
    extern const struct type table##_table_start[], table##_table_end[]

#define REGISTER_TABLE_FOR_EACH(type, entry, table)                                                \
    for (const struct type *entry = table##_table_start; entry < table##_table_end; entry++)

/** @} */

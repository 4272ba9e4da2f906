/**
 * @file
 * @defgroup symbols Symbols
 * From a code address to a function's name, a file and a line.
 *
 * The tables are made from the linked kernel by `kernel/tools/make_symbols.py` and travel in the
 * ramdisk as the file `symbols`, outside the kernel's image. Without them addresses stay numbers.
 *
 * All calls may be made in any context once init level `core` is over; before that nothing is
 * found.
 * @{
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * The file, little-endian, every part aligned to 4 bytes:
 *
 *   struct symbol_header
 *   struct symbol_entry  [symbol_count]   rising start, no two equal
 *   struct line_entry    [line_count]     rising start, no two equal
 *   char                 [string_bytes]   names, each terminated; the first byte and the last are 0
 */

#define SYMBOL_MAGIC   0x4d595343u /* "CSYM" */
#define SYMBOL_VERSION 1u

/** The start of the symbol file. */
struct symbol_header {
    uint32_t magic;
    uint32_t version;
    uint64_t base;  /**< The address that all starts below are relative to. */
    uint32_t limit; /**< Offset of the first byte after the kernel's code. */
    uint32_t symbol_count;
    uint32_t line_count;
    uint32_t string_bytes;
};
_Static_assert(sizeof(struct symbol_header) == 32, "symbol file header");

/** A function: the code from @p start on for @p size bytes. */
struct symbol_entry {
    uint32_t start;
    uint32_t size;
    uint32_t name; /**< Offset into the strings. */
};
_Static_assert(sizeof(struct symbol_entry) == 12, "symbol file entry");

/** The code from @p start to the next entry's start comes from this line. */
struct line_entry {
    uint32_t start;
    uint32_t file; /**< Offset into the strings; 0 when no line is known for this code. */
    uint32_t line; /**< 1 and up; 0 when no line is known for this code. */
};
_Static_assert(sizeof(struct line_entry) == 12, "symbol file line");

/** A symbol file whose counts, offsets and order have been checked. */
struct symbol_table {
    uint64_t base;
    uint32_t limit;
    const struct symbol_entry *symbols;
    size_t symbol_count;
    const struct line_entry *lines;
    size_t line_count;
    const char *strings;
};

/** What is known about an address. */
struct symbol_location {
    const char *name; /**< The function; NULL when none covers the address. */
    uint64_t offset;  /**< From the function's start to the address. */
    const char *file; /**< NULL when no line is known. */
    unsigned line;
};

/**
 * Finds what an address is. *Exercise 1.6*
 *
 * An entry of the symbol table covers [base + start, base + start + size); gaps between functions
 * are covered by none. An entry of the line table reaches to the next entry's start, the last one
 * to @p table's limit. Both tables are sorted; there may be no entries at all, and there may be
 * 100,000, so the search is by halves.
 *
 * @param table the tables; checked, so every offset in them is good
 * @param address any address at all
 * @param[out] location name and offset, file and line: each pair is filled when it is known, and
 *             the name or file is NULL when it is not
 * @return OK when the name or the line is known, ERROR_NOT_FOUND when neither is
 */
int symbol_lookup(const struct symbol_table *table, uint64_t address,
                  struct symbol_location *location);

/**
 * Checks a symbol file in memory and describes it.
 * @param bytes the file, 8-byte aligned
 * @param[out] table filled on success
 * @return OK, or ERROR_CORRUPT
 */
int symbol_table_open(const void *bytes, size_t size, struct symbol_table *table);

/** symbol_lookup() in the running kernel's own table. */
int symbol_of_address(uint64_t address, struct symbol_location *location);

/** The running kernel's own table, or NULL while it has none. */
const struct symbol_table *symbol_table_kernel(void);

/** @} */

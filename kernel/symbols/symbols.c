/*
 * The kernel's own symbol table: taken from the ramdisk, checked once.
 */
#include "symbols/symbols.h"

#include "cairn/error.h"

#include <stdbool.h>

/*
 * Whether entries of size bytes, which begin with their start, rise strictly and end below limit.
 */
static bool starts_rise(const void *entries, size_t count, size_t size, uint32_t limit)
{
    uint32_t previous = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t start = *(const uint32_t *)(const void *)((const char *)entries + i * size);
        if ((i > 0 && start <= previous) || start >= limit)
            return false;
        previous = start;
    }
    return true;
}

static bool offsets_are_good(const struct symbol_table *table, uint32_t string_bytes)
{
    for (size_t i = 0; i < table->symbol_count; i++) {
        if (table->symbols[i].name >= string_bytes)
            return false;
    }
    for (size_t i = 0; i < table->line_count; i++) {
        if (table->lines[i].file >= string_bytes)
            return false;
    }
    return true;
}

int symbol_table_open(const void *bytes, size_t size, struct symbol_table *table)
{
    const struct symbol_header *header = bytes;

    if ((uintptr_t)bytes % _Alignof(struct symbol_header) != 0 || size < sizeof(*header))
        return ERROR_CORRUPT;
    if (header->magic != SYMBOL_MAGIC || header->version != SYMBOL_VERSION)
        return ERROR_CORRUPT;
    uint64_t symbol_bytes = (uint64_t)header->symbol_count * sizeof(struct symbol_entry);
    uint64_t line_bytes = (uint64_t)header->line_count * sizeof(struct line_entry);
    if (sizeof(*header) + symbol_bytes + line_bytes + header->string_bytes > size ||
        header->string_bytes == 0)
        return ERROR_CORRUPT;

    const char *cursor = (const char *)bytes + sizeof(*header);
    *table = (struct symbol_table){
        .base = header->base,
        .limit = header->limit,
        .symbols = (const void *)cursor,
        .symbol_count = header->symbol_count,
        .lines = (const void *)(cursor + symbol_bytes),
        .line_count = header->line_count,
        .strings = cursor + symbol_bytes + line_bytes,
    };
    if (table->strings[0] != '\0' || table->strings[header->string_bytes - 1] != '\0' ||
        !offsets_are_good(table, header->string_bytes) ||
        !starts_rise(table->symbols, table->symbol_count, sizeof(struct symbol_entry),
                     header->limit) ||
        !starts_rise(table->lines, table->line_count, sizeof(struct line_entry), header->limit))
        return ERROR_CORRUPT;
    return OK;
}

/*
 * The kernel's own symbol table: taken from the ramdisk, checked once.
 */
#include "symbols/symbols.h"

#include "cairn/error.h"
#include "lib/util.h"

#include <stdbool.h>

/*
 * Both kinds of entries are three words: first the start, and in word @p name an offset into the
 * strings. The starts must rise strictly.
 */
INIT_TEXT static bool entries_are_good(const uint32_t (*entries)[3], size_t count, size_t name,
                                       const struct symbol_header *header)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t start = entries[i][0];
        if ((i > 0 && start <= entries[i - 1][0]) || start >= header->limit ||
            entries[i][name] >= header->string_bytes)
            return false;
    }
    return true;
}

INIT_TEXT int symbol_table_open(const void *bytes, size_t size, struct symbol_table *table)
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
        !entries_are_good((const void *)table->symbols, table->symbol_count,
                          offsetof(struct symbol_entry, name) / sizeof(uint32_t), header) ||
        !entries_are_good((const void *)table->lines, table->line_count,
                          offsetof(struct line_entry, file) / sizeof(uint32_t), header))
        return ERROR_CORRUPT;
    return OK;
}

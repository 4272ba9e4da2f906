/*
 * Exercise 1.6: from an address to a name and a line. The contract is in symbols.h.
 */
#include "cairn/error.h"
#include "plain/plain.h"
#include "symbols/symbols.h"

//@exercise 1.6 Name an address
/*
 * Both kinds of entries begin with their start, so one search serves both: it returns how many of
 * the count entries of size bytes start at offset or before it.
 */
static size_t entries_up_to(const void *entries, size_t count, size_t size, uint32_t offset)
{
    size_t low = 0;
    size_t high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const uint32_t *start = (const void *)((const char *)entries + middle * size);
        if (*start <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int symbol_lookup(const struct symbol_table *table, uint64_t address,
                  struct symbol_location *location)
{
    *location = (struct symbol_location){.name = NULL};
    if (address < table->base || address - table->base >= table->limit)
        return ERROR_NOT_FOUND;
    uint32_t offset = (uint32_t)(address - table->base);

    size_t found =
        entries_up_to(table->symbols, table->symbol_count, sizeof(table->symbols[0]), offset);
    if (found > 0) {
        const struct symbol_entry *symbol = &table->symbols[found - 1];
        if (offset - symbol->start < symbol->size) {
            location->name = table->strings + symbol->name;
            location->offset = offset - symbol->start;
        }
    }
    found = entries_up_to(table->lines, table->line_count, sizeof(table->lines[0]), offset);
    if (found > 0 && table->lines[found - 1].line != 0) {
        location->file = table->strings + table->lines[found - 1].file;
        location->line = table->lines[found - 1].line;
    }
    return location->name != NULL || location->file != NULL ? OK : ERROR_NOT_FOUND;
}
//@stub
// int symbol_lookup(const struct symbol_table *table, uint64_t address,
//                   struct symbol_location *location)
// {
//     (void)table;
//     (void)address;
//     *location = (struct symbol_location){.name = NULL};
//     todo("1.6");
//     return ERROR_NOT_FOUND;
// }
//@end

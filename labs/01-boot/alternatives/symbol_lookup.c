/*
 * Exercise 1.6, another way: each table has a search of its own, which adds ever smaller steps to a
 * place as long as the entry there begins early enough.
 */
#include "cairn/error.h"
#include "symbols/symbols.h"

/* The largest power of two that is not above count; 0 for none. */
static size_t first_step(size_t count)
{
    size_t step = 1;

    if (count == 0)
        return 0;
    while (step <= count / 2)
        step *= 2;
    return step;
}

static const struct symbol_entry *symbol_before(const struct symbol_table *table, uint64_t offset)
{
    size_t taken = 0;

    for (size_t step = first_step(table->symbol_count); step > 0; step /= 2) {
        if (step <= table->symbol_count - taken && table->symbols[taken + step - 1].start <= offset)
            taken += step;
    }
    return taken == 0 ? NULL : &table->symbols[taken - 1];
}

static const struct line_entry *line_before(const struct symbol_table *table, uint64_t offset)
{
    size_t taken = 0;

    for (size_t step = first_step(table->line_count); step > 0; step /= 2) {
        if (step <= table->line_count - taken && table->lines[taken + step - 1].start <= offset)
            taken += step;
    }
    return taken == 0 ? NULL : &table->lines[taken - 1];
}

int symbol_lookup(const struct symbol_table *table, uint64_t address,
                  struct symbol_location *location)
{
    int result = ERROR_NOT_FOUND;
    uint64_t offset = address - table->base;

    location->name = NULL;
    location->offset = 0;
    location->file = NULL;
    location->line = 0;
    if (address < table->base || offset >= table->limit)
        return result;

    const struct symbol_entry *symbol = symbol_before(table, offset);
    if (symbol != NULL && offset < (uint64_t)symbol->start + symbol->size) {
        location->name = &table->strings[symbol->name];
        location->offset = offset - symbol->start;
        result = OK;
    }
    const struct line_entry *line = line_before(table, offset);
    if (line != NULL && line->line > 0) {
        location->file = &table->strings[line->file];
        location->line = line->line;
        result = OK;
    }
    return result;
}

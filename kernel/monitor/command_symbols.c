/*
 * `symbols`: from addresses to names and back.
 */
#include "console/console.h"
#include "lib/string.h"
#include "monitor/location.h"
#include "monitor/monitor.h"
#include "monitor/symbol_search.h"
#include "symbols/symbols.h"

/* More names that contain a text than this are only counted. */
enum { SIMILAR_MAX = 20 };

static bool contains(const char *text, const char *part)
{
    size_t length = strlen(part);

    for (; *text != '\0'; text++) {
        if (strncmp(text, part, length) == 0)
            return true;
    }
    return false;
}

static void show_symbol(const struct symbol_table *table, const struct symbol_entry *symbol)
{
    console_print("  0x%016llx  %5u bytes  %s\n", (unsigned long long)(table->base + symbol->start),
                  symbol->size, table->strings + symbol->name);
}

/* Shows the functions of that name or, when there are none, those whose names contain it. */
static int show_name(const struct symbol_table *table, const char *name)
{
    size_t similar = 0;
    uint64_t address;
    bool exact = symbol_find(name, &address) == OK;

    for (size_t i = 0; i < table->symbol_count; i++) {
        const char *other = table->strings + table->symbols[i].name;
        if (exact ? !string_equal(other, name) : !contains(other, name))
            continue;
        if (exact || similar++ < SIMILAR_MAX)
            show_symbol(table, &table->symbols[i]);
    }
    if (similar > SIMILAR_MAX)
        console_print("  and %zu more\n", similar - SIMILAR_MAX);
    return exact || similar > 0 ? OK : ERROR_NOT_FOUND;
}

static int show_address(uint64_t address)
{
    struct symbol_location location;
    int error = symbol_of_address(address, &location);

    if (error != OK)
        return error;
    console_print("  ");
    print_location(address, 0);
    return OK;
}

static int symbols_run(int count, char **words)
{
    const struct symbol_table *table = symbol_table_kernel();
    uint64_t address;

    if (count > 2)
        return ERROR_USAGE;
    if (table == NULL) {
        console_print("there are no symbols: the ramdisk has no usable file `symbols`\n");
        return count == 1 ? OK : ERROR_NOT_FOUND;
    }
    if (count == 1) {
        console_print("%zu functions and %zu lines, for %#llx - %#llx\n", table->symbol_count,
                      table->line_count, (unsigned long long)table->base,
                      (unsigned long long)(table->base + table->limit - 1));
        return OK;
    }
    if (words[1][0] < '0' || words[1][0] > '9')
        return words[1][0] != '\0' ? show_name(table, words[1]) : ERROR_USAGE;
    int error = symbol_parse_address(words[1], &address);
    return error == OK ? show_address(address) : error;
}

MONITOR_COMMAND(symbols)
= {
    .name = "symbols",
    .usage = "[ADDRESS|NAME]",
    .summary = "name an address, or find a function by its name or a part of it",
    .run = symbols_run,
    .complete = symbol_complete_first,
};

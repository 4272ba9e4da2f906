/*
 * Functions by name: see symbol_search.h. A walk over all names is fast enough for a person.
 */
#include "monitor/symbol_search.h"

#include "cairn/error.h"
#include "lib/string.h"
#include "monitor/monitor.h"
#include "monitor/words.h"
#include "symbols/symbols.h"

int symbol_find(const char *name, uint64_t *address)
{
    const struct symbol_table *table = symbol_table_kernel();

    for (size_t i = 0; table != NULL && i < table->symbol_count; i++) {
        if (string_equal(table->strings + table->symbols[i].name, name)) {
            *address = table->base + table->symbols[i].start;
            return OK;
        }
    }
    return ERROR_NOT_FOUND;
}

static bool is_name_start(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}

int symbol_parse_address(const char *word, uint64_t *address)
{
    char name[MONITOR_LINE_MAX];
    uint64_t offset = 0;

    string_copy(name, word, sizeof(name));
    for (char *sign = name; *sign != '\0'; sign++) {
        if (*sign != '+')
            continue;
        *sign = '\0';
        if (word_to_number(sign + 1, &offset) != OK)
            return ERROR_USAGE;
        break;
    }
    int error = word_to_number(name, address);
    if (error != OK && is_name_start(name[0]))
        error = symbol_find(name, address);
    if (error == OK)
        *address += offset;
    return error;
}

const char *symbol_name(size_t index)
{
    const struct symbol_table *table = symbol_table_kernel();

    if (table == NULL || index >= table->symbol_count)
        return NULL;
    return table->strings + table->symbols[index].name;
}

const char *symbol_complete_first(int count, size_t index)
{
    return count == 1 ? symbol_name(index) : NULL;
}

/*
 * Fuzzing the symbol file: the input is the file; the addresses asked for lie around its entries.
 */
#include <stdlib.h>
#include <string.h>

#include "../tables/harness.h"
#include "symbols/symbols.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    void *file = NULL;
    struct symbol_table table;
    struct symbol_location location;

    if (posix_memalign(&file, 8, size > 0 ? size : 1) != 0)
        abort();
    memcpy(file, bytes, size);
    if (symbol_table_open(file, size, &table) == 0) {
        for (uint64_t offset = 0; offset < 64; offset++) {
            if (symbol_lookup(&table, table.base + offset * offset, &location) == 0 &&
                location.name != NULL && strlen(location.name) > size)
                abort();
        }
        symbol_lookup(&table, table.base - 1, &location);
        symbol_lookup(&table, table.base + table.limit, &location);
    }
    free(file);
    return 0;
}

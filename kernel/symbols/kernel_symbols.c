/*
 * The running kernel's own symbol table, from the file `symbols` in the ramdisk.
 */
#include "cairn/error.h"
#include "init/init.h"
#include "lib/error_text.h"
#include "lib/util.h"
#include "log/log.h"
#include "ramdisk/ramdisk.h"
#include "symbols/symbols.h"

static struct symbol_table kernel_table;
static const struct symbol_table *kernel_table_ready;

extern const char image_start[];

const struct symbol_table *symbol_table_kernel(void)
{
    return kernel_table_ready;
}

int symbol_of_address(uint64_t address, struct symbol_location *location)
{
    if (kernel_table_ready == NULL)
        return ERROR_NOT_FOUND;
    return symbol_lookup(kernel_table_ready, address, location);
}

INIT_TEXT static int symbols_init(void)
{
    struct ramdisk_file file;
    int error = ramdisk_find("symbols", &file);

    if (error == ERROR_NOT_FOUND) {
        log_notice("no symbols in the ramdisk: backtraces show numbers only");
        return OK;
    }
    if (error != OK) {
        log_warning("the ramdisk can't be read: %s", error_text(error));
        return OK;
    }
    error = symbol_table_open(file.data, file.size, &kernel_table);
    if (error != OK)
        return error;
    /* A symbol file of another kernel would name the wrong functions. */
    if (kernel_table.base != (uintptr_t)image_start)
        return ERROR_CORRUPT;
    kernel_table_ready = &kernel_table;
    log_debug("%zu symbols and %zu lines", kernel_table.symbol_count, kernel_table.line_count);
    return OK;
}
INIT_CALL(core, symbols_init);

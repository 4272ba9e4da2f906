/*
 * Probes for symbols.
 *
 *   symbols.lookup FILE ADDRESS...    looks addresses up in a symbol file that is sent along
 *   symbols.kernel ADDRESS...         in the running kernel's own table
 *   symbols.large COUNT ADDRESS...    in tables of COUNT entries each, where entry i starts at
 *                                     16 * i, a function has 12 bytes, and a line the number i + 1
 *
 * Facts, for each address one element or one record: lists `results`, `offsets`, `lines`; records
 * `name` and `file`, of no bytes when the pointer is NULL. `strays`: how many pointers led outside
 * the strings.
 */
#include "lib/string.h"
#include "lib/util.h"
#include "probe/probe.h"
#include "ramdisk/ramdisk.h"
#include "symbols/symbols.h"

enum { FILE_MAX = 4096, LARGE_MAX = 8192, LARGE_STEP = 16, LARGE_SIZE = 12, NAME_MAX = 256 };

static uint64_t results[PROBE_WORDS_MAX], offsets[PROBE_WORDS_MAX], lines[PROBE_WORDS_MAX];

/* Reports a string of the table; one that isn't is counted. @return 1 for a stray pointer */
static unsigned report_string(const struct probe_request *request, const char *name,
                              const char *string, const struct symbol_table *table,
                              size_t string_bytes)
{
    bool inside = string >= table->strings && string < table->strings + string_bytes;

    probe_fact_bytes(request, name, inside ? string : "", inside ? strnlen(string, NAME_MAX) : 0);
    return string != NULL && !inside;
}

static int look_up_all(const struct probe_request *request, int first,
                       const struct symbol_table *table, size_t string_bytes)
{
    size_t count = 0;
    unsigned strays = 0;

    for (int i = first; i < request->count; i++, count++) {
        /* What is left over must not look like an answer. */
        struct symbol_location location = {
            .name = (const char *)1, .offset = UINT64_MAX, .file = (const char *)1, .line = 1};
        uint64_t address;

        if (!probe_number(request, i, &address))
            return ERROR_USAGE;
        probe_count_begin();
        int result = symbol_lookup(table, address, &location);
        probe_count_end();
        results[count] = (uint64_t)(int64_t)result;
        offsets[count] = location.offset;
        lines[count] = location.line;
        strays += report_string(request, "name", location.name, table, string_bytes);
        strays += report_string(request, "file", location.file, table, string_bytes);
    }
    probe_fact_list(request, "results", results, count);
    probe_fact_list(request, "offsets", offsets, count);
    probe_fact_list(request, "lines", lines, count);
    probe_fact(request, "strays", strays);
    return OK;
}

static int run_lookup(struct probe_request *request)
{
    static char file[FILE_MAX] __attribute__((aligned(8)));
    struct symbol_header header;
    struct symbol_table table;
    char *bytes;
    size_t size;

    if (request->count < 1 || !probe_bytes(request, 0, &bytes, &size) || size > FILE_MAX ||
        size < sizeof(header))
        return ERROR_USAGE;
    memcpy(file, bytes, size);
    memcpy(&header, file, sizeof(header));
    int error = symbol_table_open(file, size, &table);
    if (error != OK)
        return error;
    return look_up_all(request, 1, &table, header.string_bytes);
}
PROBE(symbols_lookup)
= {.name = "symbols.lookup", .run = run_lookup};

static int run_kernel(struct probe_request *request)
{
    const struct symbol_table *table = symbol_table_kernel();
    struct ramdisk_file file;

    if (table == NULL || ramdisk_find("symbols", &file) != OK)
        return ERROR_NOT_FOUND;
    /* The strings are the file's last part. */
    const char *end = (const char *)file.data + file.size;
    return look_up_all(request, 0, table, (size_t)(end - table->strings));
}
PROBE(symbols_kernel)
= {.name = "symbols.kernel", .run = run_kernel};

static int run_large(struct probe_request *request)
{
    static struct symbol_entry symbols[LARGE_MAX];
    static struct line_entry line_entries[LARGE_MAX];
    static const char strings[] = "\0function\0file.c";
    enum { NAME = 1, FILE_NAME = 10 };
    uint64_t count;

    if (request->count < 1 || !probe_number(request, 0, &count) || count > LARGE_MAX)
        return ERROR_USAGE;
    for (uint32_t i = 0; i < count; i++) {
        symbols[i] = (struct symbol_entry){i * LARGE_STEP, LARGE_SIZE, NAME};
        line_entries[i] = (struct line_entry){i * LARGE_STEP, FILE_NAME, i + 1};
    }
    struct symbol_table table = {.base = 0,
                                 .limit = (uint32_t)count * LARGE_STEP,
                                 .symbols = symbols,
                                 .symbol_count = count,
                                 .lines = line_entries,
                                 .line_count = count,
                                 .strings = strings};
    return look_up_all(request, 1, &table, sizeof(strings));
}
PROBE(symbols_large)
= {.name = "symbols.large", .run = run_large};

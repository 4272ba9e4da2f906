/*
 * `peek`: memory in hexadecimal and as text.
 */
#include "console/console.h"
#include "lib/util.h"
#include "monitor/monitor.h"
#include "monitor/symbol_search.h"
#include "monitor/target.h"
#include "monitor/words.h"

enum {
    ROW_BYTES = 16,
    DEFAULT_BYTES = 64,
    BYTES_MAX = 4096, /* a page at once is more than a screen */
};

/* A row of values, as far as they could be read. */
struct row {
    unsigned values; /* wanted */
    unsigned read;   /* got */
    unsigned size;   /* of a value */
    int error;       /* why not more */
    uint64_t value[ROW_BYTES];
};

static void read_row(struct target target, struct row *row)
{
    for (row->read = 0; row->read < row->values; row->read++) {
        row->error = target_read(&target, row->size, &row->value[row->read]);
        if (row->error != OK)
            return;
        target.address += row->size;
    }
}

/* The bytes as text, in the order in which they lie in memory. */
static void print_text(const struct row *row)
{
    for (unsigned i = 0; i < row->read; i++) {
        for (unsigned byte = 0; byte < row->size; byte++) {
            int shown = (int)(row->value[i] >> (8 * byte)) & 0xff;
            console_print("%c", shown >= ' ' && shown <= '~' ? shown : '.');
        }
    }
}

static void print_row(const struct target *target, const struct row *row)
{
    int digits = 2 * (int)row->size;

    console_print("%s0x%016llx ", target->is_physical ? "p:" : "",
                  (unsigned long long)target->address);
    for (unsigned i = 0; i < ROW_BYTES / row->size; i++) {
        if (i < row->read)
            console_print(" %0*llx", digits, (unsigned long long)row->value[i]);
        else if (i < row->values || row->read > 0)
            console_print(" %-*s", row->read > 0 ? digits : 0, i < row->values ? "--" : "");
    }
    if (row->read > 0) {
        console_print("  ");
        print_text(row);
    }
    console_print("\n");
}

static int show(struct target target, uint64_t count, unsigned size)
{
    while (count > 0) {
        struct row row = {.size = size, .values = ROW_BYTES / size};
        if (row.values > count)
            row.values = (unsigned)count;
        read_row(target, &row);
        print_row(&target, &row);
        if (row.error != OK)
            return row.error;
        count -= row.values;
        target.address += ROW_BYTES;
    }
    return OK;
}

static int peek_run(int count, char **words)
{
    struct target target;
    uint64_t size = 1;

    if (count < 2 || count > 4)
        return ERROR_USAGE;
    int error = target_parse(words[1], &target);
    if (error != OK)
        return error;
    if (count == 4 && (word_to_number(words[3], &size) != OK || !target_is_width(size)))
        return ERROR_USAGE;
    uint64_t values = DEFAULT_BYTES / size;
    if (count >= 3 && (word_to_number(words[2], &values) != OK || values == 0))
        return ERROR_USAGE;
    if (target.address % size != 0) {
        console_print("%#llx is not a multiple of %llu\n", (unsigned long long)target.address,
                      (unsigned long long)size);
        return ERROR_INVALID_ARGUMENT;
    }
    /* Neither too much to read nor past the last address. */
    if (values > BYTES_MAX / size || values * size - 1 > UINT64_MAX - target.address)
        return ERROR_OUT_OF_RANGE;
    return show(target, values, (unsigned)size);
}

MONITOR_COMMAND(peek)
= {
    .name = "peek",
    .usage = "[p:]ADDRESS|NAME [COUNT] [1|2|4|8]",
    .summary = "show COUNT values of 1, 2, 4 or 8 bytes; p: for physical addresses",
    .run = peek_run,
    .complete = symbol_complete_first,
};

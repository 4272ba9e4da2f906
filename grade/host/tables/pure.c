/*
 * Requests that run the kernel's other pure code: ramdisk, symbols, memory map, command line,
 * formatted text.
 */
#include "harness.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "format/format.h"
#include "lib/string.h"
#include "ramdisk/ramdisk.h"
#include "symbols/symbols.h"

enum { FORMAT_ROOM = 512 };

/* Copies the blob to aligned memory of exactly its size. */
static void *aligned_blob(const struct request *request, size_t alignment)
{
    void *copy = NULL;

    if (posix_memalign(&copy, alignment, request->size > 0 ? request->size : 1) != 0)
        abort();
    memcpy(copy, request->blob, request->size);
    return copy;
}

/* ramdisk: the files of an archive, with the error that ends the list. */
void run_ramdisk(FILE *out, const struct request *request)
{
    char *archive = aligned_blob(request, 512);
    struct ramdisk_file file;
    size_t offset = 0;
    size_t count = 0;
    int result;

    fputs("\"files\":[", out);
    while ((result = ramdisk_next(archive, request->size, &offset, &file)) == 0) {
        const char *data = file.data;
        uint32_t sum = 0;
        if (data < archive || file.size > request->size - (size_t)(data - archive))
            abort();
        for (size_t i = 0; i < file.size; i++)
            sum = sum * 31 + (uint8_t)data[i];
        fputs(count++ > 0 ? ",[" : "[", out);
        print_string(out, file.name, strnlen(file.name, 100));
        fprintf(out, ",%zu,%" PRIu32 "]", file.size, sum);
    }
    fprintf(out, "],\"result\":%d", result);
    free(archive);
}

/* symbols ADDRESS...: opens the table and looks each address up. */
void run_symbols(FILE *out, const struct request *request)
{
    void *bytes = aligned_blob(request, 8);
    struct symbol_table table;
    int result = symbol_table_open(bytes, request->size, &table);

    fprintf(out, "\"result\":%d,\"locations\":[", result);
    for (size_t i = 0; result == 0 && i < request->argument_count; i++) {
        struct symbol_location location;
        int error = symbol_lookup(&table, request_number(request, i), &location);
        fprintf(out, "%s[%d,", i > 0 ? "," : "", error);
        print_string(out, location.name, location.name != NULL ? strlen(location.name) : 0);
        fprintf(out, ",%" PRIu64 ",", location.name != NULL ? location.offset : 0);
        print_string(out, location.file, location.file != NULL ? strlen(location.file) : 0);
        fprintf(out, ",%u]", location.file != NULL ? location.line : 0);
    }
    fputc(']', out);
    free(bytes);
}

/* normalise: the blob holds ranges of three 64-bit numbers each: base, size, kind. */
void run_normalise(FILE *out, const struct request *request)
{
    static struct memory_map in, result;
    uint64_t words[3];

    in.count = 0;
    for (size_t at = 0; at + sizeof(words) <= request->size && in.count < BOOT_MEMORY_RANGES;
         at += sizeof(words)) {
        memcpy(words, request->blob + at, sizeof(words));
        in.ranges[in.count++] =
            (struct memory_range){words[0], words[1], (enum memory_kind)words[2]};
    }
    int error = memory_map_normalise(&in, &result);
    fprintf(out, "\"result\":%d,\"ranges\":[", error);
    for (size_t i = 0; error == 0 && i < result.count; i++)
        fprintf(out, "%s[%" PRIu64 ",%" PRIu64 ",%d]", i > 0 ? "," : "", result.ranges[i].base,
                result.ranges[i].size, (int)result.ranges[i].kind);
    fputc(']', out);
}

/* option KEY SIZE: the blob is the command line. */
void run_option(FILE *out, const struct request *request)
{
    size_t size = request_number(request, 1);
    char *value = malloc(size);

    if (value == NULL || request->argument_count < 2)
        abort();
    int result = command_line_find(request_text(request), request->arguments[0], value, size);
    fprintf(out, "\"result\":%d,\"value\":", result);
    print_string(out, value, result >= 0 ? (size_t)result : 0);
    free(value);
}

/*
 * format TYPE SIZE ARGUMENT...: the blob is the format; it is given up to two counts for `*` and
 * one value. The answer has the C library's text beside the kernel's.
 */
void run_format(FILE *out, const struct request *request)
{
    const char *type = request->arguments[0];
    const char *format = request_text(request);
    size_t size = request_number(request, 1);
    char *text = malloc(size > 0 ? size : 1);
    char expected[FORMAT_ROOM];
    size_t length = 0;
    int expected_length = 0;

    if (text == NULL)
        abort();
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    if (strcmp(type, "pointer") == 0) {
        /* The kernel writes pointers in its own way. */
        length = format_text(text, size, format, (void *)(uintptr_t)request_number(request, 2));
        expected[0] = '\0';
    } else if (strcmp(type, "unknown") == 0) {
        /* What the C library makes of it is not defined. */
        length = format_text(text, size, format, 0);
        expected[0] = '\0';
    } else if (strcmp(type, "none") == 0) {
        length = format_text(text, size, format, NULL);
        expected_length = snprintf(expected, sizeof(expected), format, NULL);
    } else if (strcmp(type, "int") == 0) {
        int value = (int)request_number(request, 2);
        length = format_text(text, size, format, value);
        expected_length = snprintf(expected, sizeof(expected), format, value);
    } else if (strcmp(type, "long") == 0) {
        uint64_t value = request_number(request, 2);
        length = format_text(text, size, format, value);
        expected_length = snprintf(expected, sizeof(expected), format, value);
    } else if (strcmp(type, "star") == 0) {
        int width = (int)request_number(request, 2);
        int precision = (int)request_number(request, 3);
        uint64_t value = request_number(request, 4);
        length = format_text(text, size, format, width, precision, value);
        expected_length = snprintf(expected, sizeof(expected), format, width, precision, value);
    } else if (strcmp(type, "text") == 0) {
        const char *value = request->argument_count > 2 ? request->arguments[2] : "";
        length = format_text(text, size, format, value);
        expected_length = snprintf(expected, sizeof(expected), format, value);
    } else {
        abort();
    }
#pragma GCC diagnostic pop
    fprintf(out, "\"length\":%zu,\"text\":", length);
    print_string(out, text, size > 0 ? strnlen(text, size) : 0);
    fprintf(out, ",\"expected_length\":%d,\"expected\":", expected_length);
    print_string(out, expected, strlen(expected));
    free(text);
}

/* string-number: the blob is what string_to_number() reads. */
void run_string_number(FILE *out, const struct request *request)
{
    unsigned long long value = 0;
    bool good = string_to_number(request_text(request), &value);

    fprintf(out, "\"good\":%s,\"value\":%llu", good ? "true" : "false", value);
}

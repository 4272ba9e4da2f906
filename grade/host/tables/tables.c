/*
 * tables: runs the kernel's parsers and other pure code on the host.
 *
 * It answers requests until its input ends. A request is a line `name size argument...` followed by
 * size bytes; the answer is one line, a JSON object. The blob lies at the end of memory, before a
 * page that can't be accessed; a sanitizer's complaint or a broken promise ends the program.
 */
#include "harness.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 8192 };

static const struct {
    const char *name;
    void (*run)(FILE *out, const struct request *request);
} handlers[] = {
    {"device-tree", run_device_tree}, {"acpi", run_acpi},
    {"complete", run_complete},       {"pvh", run_pvh},
    {"ramdisk", run_ramdisk},         {"symbols", run_symbols},
    {"normalise", run_normalise},     {"option", run_option},
    {"format", run_format},           {"string-number", run_string_number},
};

static _Noreturn void give_up(const char *reason)
{
    fprintf(stderr, "tables: %s\n", reason);
    exit(2);
}

uint64_t request_number(const struct request *request, size_t index)
{
    char *end;

    if (index >= request->argument_count)
        give_up("an argument is missing");
    uint64_t value = strtoull(request->arguments[index], &end, 0);
    if (*end != '\0')
        give_up("an argument is not a number");
    return value;
}

const char *request_text(const struct request *request)
{
    /* The blob was read with a zero byte behind it, which is the last byte before the guard. */
    return (const char *)request->blob;
}

/* Takes a line apart and reads the blob that follows it. */
static void read_request(struct request *request, char *line)
{
    char *word = strtok(line, " \n");

    if (word == NULL)
        give_up("empty request");
    request->name = word;
    word = strtok(NULL, " \n");
    if (word == NULL)
        give_up("a request has no size");
    request->size = strtoull(word, NULL, 0);
    request->argument_count = 0;
    while ((word = strtok(NULL, " \n")) != NULL) {
        if (request->argument_count == ARRAY_COUNT(request->arguments))
            give_up("too many arguments");
        request->arguments[request->argument_count++] = word;
    }
    /* Text is terminated; tables end exactly at the guard. */
    bool is_text = strcmp(request->name, "option") == 0 || strcmp(request->name, "format") == 0 ||
                   strcmp(request->name, "string-number") == 0;
    if (request->size >= BLOB_MAX)
        give_up("the blob is too large");
    uint8_t *blob = guarded_end(request->size + is_text);
    if (fread(blob, 1, request->size, stdin) != request->size)
        give_up("the blob is cut short");
    if (is_text)
        blob[request->size] = '\0';
    request->blob = blob;
}

static void answer(const struct request *request)
{
    for (size_t i = 0; i < ARRAY_COUNT(handlers); i++) {
        if (strcmp(handlers[i].name, request->name) == 0) {
            fputc('{', stdout);
            handlers[i].run(stdout, request);
            fputs("}\n", stdout);
            fflush(stdout);
            return;
        }
    }
    give_up("unknown request");
}

int main(void)
{
    static char line[LINE_MAX_BYTES];
    struct request request;

    while (fgets(line, sizeof(line), stdin) != NULL) {
        read_request(&request, line);
        answer(&request);
    }
    return 0;
}

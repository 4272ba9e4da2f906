/*
 * Probe memory_map.normalise: puts a memory map in order.
 *
 *   memory_map.normalise RANGE...
 *
 * A range is base:size:kind. Facts: `result`; when that is OK also `count` and the lists `bases`,
 * `sizes` and `kinds`; `changed`, how many bytes of the input and around the output were changed.
 */
#include "boot/boot.h"
#include "lib/string.h"
#include "probe/probe.h"

/* The output lies between two marked ranges. */
static struct {
    struct memory_range before;
    struct memory_map map;
    struct memory_range after;
} output;

static struct memory_map input, input_copy;
static uint64_t column[BOOT_MEMORY_RANGES];

static const char mark = '\xa5';

/* Reads the number before the next colon, or before the end, and steps over it. */
static bool parse_part(char **text, uint64_t *value)
{
    char *end = *text;
    unsigned long long number;

    while (*end != '\0' && *end != ':')
        end++;
    bool more = *end == ':';
    *end = '\0';
    if (!string_to_number(*text, &number))
        return false;
    *value = number;
    *text = more ? end + 1 : end;
    return true;
}

static bool parse_range(char *text, struct memory_range *range)
{
    uint64_t kind;

    if (!parse_part(&text, &range->base) || !parse_part(&text, &range->size) ||
        !parse_part(&text, &kind) || kind >= MEMORY_KINDS)
        return false;
    range->kind = (enum memory_kind)kind;
    return true;
}

static size_t changed_bytes(void)
{
    const char *in = (const char *)&input;
    const char *copy = (const char *)&input_copy;
    const char *before = (const char *)&output.before;
    const char *after = (const char *)&output.after;
    size_t changed = 0;

    for (size_t i = 0; i < sizeof(input); i++)
        changed += in[i] != copy[i];
    for (size_t i = 0; i < sizeof(output.before); i++)
        changed += (before[i] != mark) + (after[i] != mark);
    return changed;
}

static void report_map(const struct probe_request *request, const struct memory_map *map)
{
    size_t count = map->count < BOOT_MEMORY_RANGES ? map->count : BOOT_MEMORY_RANGES;

    probe_fact(request, "count", map->count);
    for (size_t i = 0; i < count; i++)
        column[i] = map->ranges[i].base;
    probe_fact_list(request, "bases", column, count);
    for (size_t i = 0; i < count; i++)
        column[i] = map->ranges[i].size;
    probe_fact_list(request, "sizes", column, count);
    for (size_t i = 0; i < count; i++)
        column[i] = map->ranges[i].kind;
    probe_fact_list(request, "kinds", column, count);
}

static int run_normalise(struct probe_request *request)
{
    if (request->count > BOOT_MEMORY_RANGES)
        return ERROR_USAGE;
    memset(&output, mark, sizeof(output));
    memset(&input, mark, sizeof(input));
    input.count = (size_t)request->count;
    for (size_t i = 0; i < input.count; i++) {
        if (!parse_range(request->words[i], &input.ranges[i]))
            return ERROR_USAGE;
    }
    memcpy(&input_copy, &input, sizeof(input));

    probe_count_begin();
    int result = memory_map_normalise(&input, &output.map);
    probe_count_end();

    probe_fact_signed(request, "result", result);
    if (result == OK)
        report_map(request, &output.map);
    probe_fact(request, "changed", changed_bytes());
    return OK;
}
PROBE(memory_map_normalise)
= {.name = "memory_map.normalise", .run = run_normalise};

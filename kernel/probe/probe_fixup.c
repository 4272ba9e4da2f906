/*
 * Probes for the search for a fix-up.
 *
 *   fixup.find BYTES ADDRESS...                  in a table of entries of 16 bytes: begin and end,
 *                                                little-endian
 *   fixup.large COUNT BASE STEP SIZE ADDRESS...  in one of COUNT entries, where entry i is
 *                                                [BASE + STEP * i, BASE + STEP * i + SIZE)
 *
 * Next to the table, on both sides, lie entries that hold every address: who reads too far finds
 * one. Fact `found`, for each address: the number of the entry, -1 for NULL, -2 for a pointer to
 * something else.
 */
#include "lib/string.h"
#include "probe/probe.h"
#include "trap/fixup.h"

enum { ENTRIES_MAX = 4096, BEYOND = 2, PAIR_BYTES = 16, FOUND_NONE = -1, FOUND_ELSEWHERE = -2 };

static struct fixup entries[BEYOND + ENTRIES_MAX + BEYOND];
static struct fixup *const table = entries + BEYOND;
static uint64_t found[PROBE_WORDS_MAX];

/* Fills the places next to a table of so many entries. */
static void put_borders(size_t count)
{
    static const struct fixup everything = {.begin = 0, .end = UINTPTR_MAX, .resume = 1};

    for (size_t i = 0; i < BEYOND; i++) {
        entries[i] = everything;
        table[count + i] = everything;
    }
}

static int64_t place_of(const struct fixup *fixup, size_t count)
{
    if (fixup == NULL)
        return FOUND_NONE;
    for (size_t i = 0; i < count; i++) {
        if (fixup == &table[i])
            return (int64_t)i;
    }
    return FOUND_ELSEWHERE;
}

static int find_all(const struct probe_request *request, int first, size_t count)
{
    size_t asked = 0;

    for (int i = first; i < request->count; i++) {
        uint64_t address;

        if (!probe_number(request, i, &address))
            return ERROR_USAGE;
        probe_count_begin();
        const struct fixup *fixup = fixup_find(table, count, address);
        probe_count_end();
        found[asked++] = (uint64_t)place_of(fixup, count);
    }
    probe_fact_list(request, "found", found, asked);
    return OK;
}

static int run_find(struct probe_request *request)
{
    char *bytes;
    size_t size;

    if (request->count < 1 || !probe_bytes(request, 0, &bytes, &size) || size % PAIR_BYTES != 0 ||
        size / PAIR_BYTES > ENTRIES_MAX)
        return ERROR_USAGE;
    size_t count = size / PAIR_BYTES;
    for (size_t i = 0; i < count; i++) {
        memcpy(&table[i].begin, bytes + PAIR_BYTES * i, sizeof(table[i].begin));
        memcpy(&table[i].end, bytes + PAIR_BYTES * i + 8, sizeof(table[i].end));
        table[i].resume = i;
    }
    put_borders(count);
    return find_all(request, 1, count);
}
PROBE(fixup_find)
= {.name = "fixup.find", .run = run_find};

static int run_large(struct probe_request *request)
{
    enum { FIRST_ADDRESS = 4 };
    uint64_t count, base, step, size;

    if (!probe_number(request, 0, &count) || !probe_number(request, 1, &base) ||
        !probe_number(request, 2, &step) || !probe_number(request, 3, &size) || count > ENTRIES_MAX)
        return ERROR_USAGE;
    for (size_t i = 0; i < count; i++) {
        uintptr_t begin = base + step * i;
        table[i] = (struct fixup){.begin = begin, .end = begin + size, .resume = i};
    }
    put_borders(count);
    return find_all(request, FIRST_ADDRESS, count);
}
PROBE(fixup_large)
= {.name = "fixup.large", .run = run_large};

/*
 * Probes that write and read page-table entries, which no table holds.
 *
 *   page_entry.flags LEVEL ENTRY...            fact `flags`, a set for each entry
 *   page_entry.leaf LEVEL PHYSICAL FLAGS...    fact `entries`, one for each set
 *   page_entry.part LEVEL ENTRY INDEX...       fact `entries`, one for each index
 */
#include "arch/page_entry.h"
#include "probe/probe.h"

enum { NUMBERS_MAX = PROBE_WORDS_MAX };

static uint64_t numbers[NUMBERS_MAX];

/* Reads the request's words as numbers. @return how many there are, 0 when one is none */
static size_t read_numbers(const struct probe_request *request, size_t at_least)
{
    size_t count = (size_t)request->count;

    for (size_t i = 0; i < count; i++) {
        if (!probe_number(request, (int)i, &numbers[i]))
            return 0;
    }
    return count >= at_least && numbers[0] < 3 ? count : 0;
}

static int run_flags(struct probe_request *request)
{
    size_t count = read_numbers(request, 1);
    unsigned level = (unsigned)numbers[0];

    if (count == 0)
        return ERROR_USAGE;
    for (size_t i = 1; i < count; i++) {
        probe_count_begin();
        numbers[i] = page_entry_flags(numbers[i], level);
        probe_count_end();
    }
    probe_fact_list(request, "flags", numbers + 1, count - 1);
    return OK;
}
PROBE(page_entry_flags)
= {.name = "page_entry.flags", .run = run_flags};

/* Makes an entry of what the second number says and each of the numbers behind it. */
static int make_entries(struct probe_request *request, unsigned lowest_level,
                        mmu_entry (*make)(uint64_t from, unsigned level, unsigned number))
{
    size_t count = read_numbers(request, 2);
    unsigned level = (unsigned)numbers[0];

    if (count == 0 || level < lowest_level)
        return ERROR_USAGE;
    for (size_t i = 2; i < count; i++)
        numbers[i] = make(numbers[1], level, (unsigned)numbers[i]);
    probe_fact_list(request, "entries", numbers + 2, count - 2);
    return OK;
}

static int run_leaf(struct probe_request *request)
{
    return make_entries(request, 0, page_entry_leaf);
}
PROBE(page_entry_leaf)
= {.name = "page_entry.leaf", .run = run_leaf};

static int run_part(struct probe_request *request)
{
    return make_entries(request, 1, page_entry_part);
}
PROBE(page_entry_part)
= {.name = "page_entry.part", .run = run_part};

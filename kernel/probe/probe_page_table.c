/*
 * Probe page_table.trace: maps and changes ranges of a table of its own, which no processor uses.
 *
 *   page_table.trace STEPS
 *
 * STEPS are bytes, see enum step; numbers have 8 bytes, if nothing else is said, the lowest first.
 * The table begins without an entry; all 512 of its root's are the trace's, so that addresses are
 * numbers of 48 bits.
 *
 * Facts: `results`, one number for each step that has a result; `noted`, once for each STEP_CHANGE,
 * the addresses of pages that were noted, as runs of {first, distance, count}; `state`, once for
 * each STEP_LOOK, what is in the tables, see report_state(); `leaked`, how many page tables there
 * are more in the end than were before. The cost of the request is that of the steps 1 and 2.
 */
#include "probe/probe_page_table.h"
#include "address_map/address_map.h"
#include "frames/frames.h"
#include "frames/injection.h"
#include "lib/string.h"
#include "page_table/page_table.h"
#include "page_table/walk.h"
#include "probe/probe.h"

enum step {
    STEP_LOOK = 0,
    STEP_MAP = 1,       /* FLAGS (1) LARGEST (1) VIRTUAL PHYSICAL SIZE; result: the function's */
    STEP_CHANGE = 2,    /* FLAGS (1) VIRTUAL SIZE; result: the function's */
    STEP_FAIL = 3,      /* COUNT (1): in the next step 1 or 2, this and later allocations fail */
    STEP_SET = 4,       /* LEVEL (1) COUNT (2) VIRTUAL VALUE DISTANCE: makes tables down to a level,
                           and sets entries there, VALUE + DISTANCE * i */
    STEP_TRANSLATE = 5, /* VIRTUAL; results: the function's, physical, level, flags */
    STEP_PRUNE = 6,     /* VIRTUAL SIZE */
    STEPS
};

enum { RUNS_MAX = 4096, RESULTS_MAX = 2048, FOLLOWED = 4 };

/* What follows a step's first byte. */
struct operands {
    uint8_t flags;
    uint8_t small; /* LARGEST, LEVEL, COUNT of STEP_FAIL */
    uint16_t count;
    uint64_t virtual;
    uint64_t value; /* PHYSICAL too */
    uint64_t size;  /* DISTANCE too */
};

/* Numbers at the same distance from each other. */
struct run {
    uint64_t first;
    uint64_t distance;
    uint64_t count;
};

/* Entries side by side. `place` is the address of the first one with its level. */
struct entry_run {
    uint64_t place;
    struct run values;
};

static struct page_table table;
static struct tlb_batch batch;
static uint8_t fail_at;

static struct run noted[RUNS_MAX];
static size_t noted_count;
static struct {
    uint64_t root;
    uint64_t tables;
    struct entry_run runs[RUNS_MAX];
} state;
static size_t state_count;
static uint64_t results[RESULTS_MAX];
static size_t result_count;

static void note_result(uint64_t result)
{
    if (result_count < RESULTS_MAX)
        results[result_count++] = result;
}

/* Adds a number to a run, when it goes on there. */
static bool run_extend(struct run *run, uint64_t number)
{
    if (run->count == 1)
        run->distance = number - run->first;
    if (number != run->first + run->distance * run->count)
        return false;
    run->count++;
    return true;
}

static void watch(uint64_t virtual)
{
    if (noted_count > 0 && run_extend(&noted[noted_count - 1], virtual))
        return;
    if (noted_count < RUNS_MAX)
        noted[noted_count++] = (struct run){virtual, 0, 1};
}

/* --- the batch's flusher: no processor knows these pages ----------------------------------------
 */

static void flush_pages(void *context, const uint64_t *pages, size_t count)
{
    (void)context;
    (void)pages;
    (void)count;
}

static void flush_everything(void *context)
{
    (void)context;
}

static void release(void *context, uint64_t physical)
{
    (void)context;
    frame_free(physical);
}

const struct tlb_flusher probe_flusher = {flush_pages, flush_everything, release};

/* --- what is in the tables, read without the walker ---------------------------------------------
 */

static bool is_table_frame(uint64_t physical)
{
    const struct frame *frame = frame_at(physical);

    return frame != NULL && frame->owner == FRAME_PAGE_TABLE;
}

static void add_entry(uint64_t place, mmu_entry entry, bool extends)
{
    if (extends && state_count > 0 && run_extend(&state.runs[state_count - 1].values, entry))
        return;
    if (state_count < RUNS_MAX)
        state.runs[state_count++] = (struct entry_run){place, {entry, 0, 1}};
}

/* Adds what a table of a level has, and the tables below. @param base address of its first entry */
static void look(uint64_t physical, unsigned level, uint64_t base)
{
    const mmu_entry *entries = physical_pointer(physical);
    uint64_t size = page_level_size(level);
    bool extends = false;

    for (unsigned i = 0; i < PAGE_TABLE_ENTRIES; i++) {
        mmu_entry entry = entries[i];
        if (entry == 0) {
            extends = false;
            continue;
        }
        uint64_t place = (base + i * size) | level;
        bool leads = mmu_is_table(entry, level) && is_table_frame(mmu_address(entry));
        add_entry(leads ? place | FOLLOWED : place, entry, extends && !leads);
        if (leads)
            look(mmu_address(entry), level - 1, base + i * size);
        extends = !leads;
    }
}

/*
 * The root's address, the count of tables, and all entries that are not zero, as runs {address and
 * level, value, distance, count}; 4 is added to the level of an entry that leads to a table. What
 * is in that table follows.
 */
static void report_state(const struct probe_request *request)
{
    state.root = table.root;
    state.tables = table.tables;
    state_count = 0;
    look(table.root, PAGE_TABLE_ROOT_LEVEL, 0);
    probe_fact_bytes(request, "state", &state,
                     offsetof(typeof(state), runs) + state_count * sizeof(state.runs[0]));
}

/* Frees a table and those below it; what was freed already is not followed. */
static void free_below(uint64_t physical, unsigned level)
{
    const mmu_entry *entries = physical_pointer(physical);

    for (unsigned i = 0; i < PAGE_TABLE_ENTRIES; i++) {
        if (mmu_is_table(entries[i], level) && is_table_frame(mmu_address(entries[i])))
            free_below(mmu_address(entries[i]), level - 1);
    }
    frame_free(physical);
}

static uint64_t tables_in_use(void)
{
    struct frame_statistics sum;
    uint64_t tables = 0;

    for (unsigned node = 0; frames_count(node, &sum) == OK; node++)
        tables += sum.owned[FRAME_PAGE_TABLE];
    return tables;
}

/* --- steps --------------------------------------------------------------------------------------
 */

static void set_entries(const struct operands *operands)
{
    for (unsigned i = 0; i < operands->count; i++) {
        uint64_t virtual = operands->virtual + i * page_level_size(operands->small);
        mmu_entry *entry;
        int error = page_table_reach(&table, virtual, operands->small, &entry);
        if (error == OK)
            *entry = operands->value + operands->size * i;
        else
            note_result((uint64_t)error);
    }
}

static void translate(uint64_t virtual)
{
    struct page_mapping mapping = {0};

    note_result((uint64_t)page_table_translate(&table, virtual, &mapping));
    note_result(mapping.physical);
    note_result(mapping.level);
    note_result(mapping.flags);
}

/* Maps or changes, while allocations fail as was asked for. */
static int act(enum step step, const struct operands *operands)
{
    int result;

    if (fail_at != 0)
        frames_fail_after(fail_at);
    probe_count_begin();
    if (step == STEP_MAP)
        result = page_table_map(&table, operands->virtual, operands->value, operands->size,
                                operands->flags, operands->small);
    else
        result =
            page_table_change(&table, operands->virtual, operands->size, operands->flags, &batch);
    probe_count_end();
    if (fail_at != 0)
        frames_fail_after(UINT64_MAX);
    fail_at = 0;
    return result;
}

static void change(const struct probe_request *request, const struct operands *operands)
{
    noted_count = 0;
    page_table_watch = watch;
    note_result((uint64_t)act(STEP_CHANGE, operands));
    page_table_watch = NULL;
    tlb_batch_finish(&batch);
    probe_fact_bytes(request, "noted", noted, noted_count * sizeof(noted[0]));
}

static void run_step(const struct probe_request *request, enum step step,
                     const struct operands *operands)
{
    switch (step) {
    case STEP_LOOK:
        report_state(request);
        break;
    case STEP_MAP:
        note_result((uint64_t)act(STEP_MAP, operands));
        break;
    case STEP_CHANGE:
        change(request, operands);
        break;
    case STEP_FAIL:
        fail_at = operands->small;
        break;
    case STEP_SET:
        set_entries(operands);
        break;
    case STEP_TRANSLATE:
        translate(operands->virtual);
        break;
    default:
        page_table_prune(&table, operands->virtual, operands->size, &batch);
        tlb_batch_finish(&batch);
    }
}

/* Reads @p size bytes as a number. @return what is behind them; NULL when there are fewer */
static const char *take(const char *at, const char *end, void *number, size_t size)
{
    if (at == NULL || (size_t)(end - at) < size)
        return NULL;
    memcpy(number, at, size);
    return at + size;
}

/* @return what is behind a step's operands; NULL when they make no sense */
static const char *read_operands(uint8_t step, const char *at, const char *end,
                                 struct operands *operands)
{
    *operands = (struct operands){0};
    if (step == STEP_LOOK)
        return at;
    if (step == STEP_MAP || step == STEP_CHANGE)
        at = take(at, end, &operands->flags, 1);
    if (step == STEP_MAP || step == STEP_FAIL || step == STEP_SET)
        at = take(at, end, &operands->small, 1);
    if (step == STEP_SET)
        at = take(at, end, &operands->count, sizeof(operands->count));
    if (step != STEP_FAIL)
        at = take(at, end, &operands->virtual, sizeof(operands->virtual));
    if (step == STEP_MAP || step == STEP_SET)
        at = take(at, end, &operands->value, sizeof(operands->value));
    if (step != STEP_FAIL && step != STEP_TRANSLATE)
        at = take(at, end, &operands->size, sizeof(operands->size));
    bool too_high = step != STEP_FAIL && operands->small > PAGE_TABLE_ROOT_LEVEL;
    return step < STEPS && !too_high ? at : NULL;
}

static int run_trace(struct probe_request *request)
{
    static const struct frame_request root = {
        .count = 1, .owner = FRAME_PAGE_TABLE, .zeroed = true};
    uint64_t before = tables_in_use();
    struct operands operands;
    char *steps;
    size_t size;

    if (request->count != 1 || !probe_bytes(request, 0, &steps, &size))
        return ERROR_USAGE;
    table = (struct page_table){0};
    int error = frames_allocate(&root, &table.root);
    if (error != OK)
        return error;
    tlb_batch_begin(&batch, &probe_flusher, NULL);
    result_count = 0;
    const char *end = steps + size;
    for (const char *at = steps; at != NULL && at != end;) {
        uint8_t step = (uint8_t)*at;
        at = read_operands(step, at + 1, end, &operands);
        if (at == NULL)
            error = ERROR_USAGE;
        else
            run_step(request, (enum step)step, &operands);
    }
    free_below(table.root, PAGE_TABLE_ROOT_LEVEL);
    probe_fact_list(request, "results", results, result_count);
    probe_fact(request, "leaked", tables_in_use() - before);
    return error;
}
PROBE(page_table_trace)
= {.name = "page_table.trace", .run = run_trace};

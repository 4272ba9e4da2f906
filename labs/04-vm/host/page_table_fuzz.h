/*
 * Fuzzing the page-table walker against a model (page_table_model.h). Each program includes this
 * once, with the entries of its architecture.
 */
#include "page_table_model.h"

/* A range of pages in the window. */
static void take_range(struct input *input, unsigned *page, unsigned *count)
{
    unsigned kind = take(input) % 64;
    unsigned unit = kind == 0 ? SMALL : kind % 2 == 0 ? PARTS : 1;
    unsigned most = unit == 1 ? 600 : unit == PARTS ? 4 : 2;

    *page = (take(input) << 12 | take(input) << 4 | take(input)) % WINDOW / unit * unit;
    *count = (1 + (take(input) << 2) % most) * unit;
    if (take(input) % 4 == 0)
        *page += take(input) % 8;
    if (take(input) % 4 == 0)
        *count += take(input) % 8;
    if (*page >= WINDOW)
        *page = WINDOW - 1;
    if (*count > WINDOW - *page)
        *count = WINDOW - *page;
}

static unsigned take_flags(struct input *input)
{
    return (take(input) % 64) | PAGE_READ;
}

static void do_map(struct input *input)
{
    unsigned page, count;
    unsigned flags = take_flags(input), largest = take(input) % 3;
    bool exists = false;

    take_range(input, &page, &count);
    /* Memory that suits large pages, or is off by some. */
    uint64_t memory = (1 + take(input)) * (uint64_t)SMALL + page % SMALL;
    if (take(input) % 4 == 0)
        memory += take(input);
    for (unsigned i = 0; i < count; i++)
        exists = exists || model[page + i].memory != 0;
    int result = page_table_map(&table, address_of(page), memory * PAGE_SIZE,
                                (uint64_t)count * PAGE_SIZE, flags, largest);
    if (result == ERROR_EXISTS || result == ERROR_NO_MEMORY) {
        CHECK(result == ERROR_EXISTS ? exists : fail_countdown == 1);
        learn_tables(page, count);
        return;
    }
    CHECK(result == OK && !exists);
    for (unsigned i = 0, step; i < count; i += step) {
        unsigned level = level_for(page + i, memory + i, count - i, largest);
        step = pages_of(level);
        make_tables(page + i, level);
        for (unsigned part = 0; part < step; part++) {
            model[page + i + part].memory = (uint32_t)(memory + i + part);
            model[page + i + part].flags = (uint8_t)visible(flags);
            model[page + i + part].level = (uint8_t)level;
        }
    }
}

/* Splits what the model has at a page, as the contract wants. */
static void model_split(unsigned page)
{
    while (page < WINDOW && model[page].memory != 0 && page % pages_of(model[page].level) != 0) {
        unsigned level = model[page].level;
        unsigned first = page / pages_of(level) * pages_of(level);
        for (unsigned i = 0; i < pages_of(level); i++)
            model[first + i].level = (uint8_t)(level - 1);
        *has_table(page, level) = true;
    }
}

/* Takes over splits of a call that failed. */
static void learn_splits(unsigned page)
{
    struct page_mapping mapping;

    if (page >= WINDOW || model[page].memory == 0)
        return;
    unsigned first = page / pages_of(model[page].level) * pages_of(model[page].level);
    unsigned count = pages_of(model[page].level);
    for (unsigned i = 0; i < count; i++) {
        CHECK(page_table_translate(&table, address_of(first + i), &mapping) == OK);
        model[first + i].level = (uint8_t)mapping.level;
        for (unsigned level = 1; level <= 2; level++)
            *has_table(first + i, level) = *has_table(first + i, level) || mapping.level < level;
    }
}

static void do_change(struct input *input)
{
    unsigned page, count;
    unsigned flags = take(input) % 3 == 0 ? 0 : take_flags(input);
    uint64_t expected = 0;

    take_range(input, &page, &count);
    noted_pages = 0;
    changing = true;
    int result =
        page_table_change(&table, address_of(page), (uint64_t)count * PAGE_SIZE, flags, &batch);
    changing = false;
    if (result != OK) {
        CHECK(result == ERROR_NO_MEMORY && fail_countdown == 1 && noted_pages == 0);
        learn_splits(page);
        learn_splits(page + count);
        return;
    }
    model_split(page);
    model_split(page + count);
    for (unsigned i = 0; i < count; i++) {
        if (model[page + i].memory == 0)
            continue;
        expected += (page + i) % pages_of(model[page + i].level) == 0;
        model[page + i].flags = (uint8_t)visible(flags);
        if (flags == 0)
            model[page + i].memory = 0;
    }
    CHECK(noted_pages == expected);
}

/* Whether nothing is in a table of the model: neither pages nor tables. */
static bool model_is_empty(unsigned first, unsigned level)
{
    for (unsigned i = 0; i < pages_of(level); i++) {
        if (model[first + i].memory != 0)
            return false;
    }
    for (unsigned i = 0; level == 2 && i < PARTS; i++) {
        if (has_lower[first / PARTS + i])
            return false;
    }
    return true;
}

static void do_prune(struct input *input)
{
    unsigned page, count;

    take_range(input, &page, &count);
    page_table_prune(&table, address_of(page), (uint64_t)count * PAGE_SIZE, &batch);
    tlb_batch_finish(&batch);
    unsigned last = page + count - 1;
    for (unsigned i = page / PARTS; i <= last / PARTS; i++)
        has_lower[i] = has_lower[i] && !model_is_empty(i * PARTS, 1);
    for (unsigned i = page / SMALL; i <= last / SMALL; i++)
        has_middle[i] = has_middle[i] && !model_is_empty(i * SMALL, 2);
    for (unsigned i = upper_of(page); i <= upper_of(last); i++)
        has_upper[i] =
            has_upper[i] && (i == 0 ? has_middle[0] || !model_is_empty(0, 2)
                                    : has_middle[1] || has_middle[2] || !model_is_empty(SMALL, 2) ||
                                          !model_is_empty(2 * SMALL, 2));
}

/* What the walker's quick way forgets: the page that it is about, whose entry is gone by then. */
static uint64_t forgotten;

void tlb_space_forget(struct tlb_space *space, uint64_t virtual)
{
    struct page_mapping mapping;

    CHECK(space == NULL && forgotten == 0);
    CHECK(page_table_translate(&table, virtual, &mapping) == ERROR_NOT_FOUND);
    forgotten = virtual;
}

static void do_replace(struct input *input)
{
    unsigned page, count;
    unsigned flags = take_flags(input);

    take_range(input, &page, &count);
    uint64_t memory = 1 + take(input) + page % SMALL;
    forgotten = 0;
    bool done = page_table_replace(&table, address_of(page), memory * PAGE_SIZE, flags, NULL);
    CHECK(done == *has_table(page, 1));
    if (!done)
        return;
    CHECK(forgotten == (model[page].memory != 0 ? address_of(page) : 0));
    model[page].memory = (uint32_t)memory;
    model[page].flags = (uint8_t)visible(flags);
    model[page].level = 0;
}

/* The tables that the model has. */
static unsigned model_tables(void)
{
    unsigned count = has_upper[0] + has_upper[1];

    for (unsigned i = 0; i < GIBS; i++)
        count += has_middle[i];
    for (unsigned i = 0; i < GIBS * PARTS; i++)
        count += has_lower[i];
    return count;
}

/* Another address space's tables; the kernel's half is shared where it is in the same root. */
static void do_create(void)
{
    struct page_table other;
    unsigned before = frames_used;
    mmu_entry shared[PAGE_TABLE_ENTRIES] = {0};

    page_root_share_kernel(shared, kernel_root);
    int result = page_table_create(&other);
    if (result != OK) {
        CHECK(result == ERROR_NO_MEMORY && frames_used == before);
        return;
    }
    CHECK(memcmp(page_table_root(&other), shared, sizeof(shared)) == 0);
    if (page_table_map(&other, 0, 0, 2 * MIB + PAGE_SIZE, PAGE_READ, 1) == OK)
        CHECK(other.tables == 3);
    page_table_destroy(&other);
    CHECK(frames_used == before && other.root == 0);
}

static void do_step(struct input *input)
{
    unsigned kind = take(input) % 16;
    unsigned page, count, taken = frames_taken, published = tables_published;

    fail_countdown = kind >= 12 ? 1 + take(input) % 4 : 0;
    if (kind < 6 || kind == 12 || kind == 13)
        do_map(input);
    else if (kind < 10 || kind == 14)
        do_change(input);
    else if (kind == 10)
        do_prune(input);
    else if (kind == 11)
        do_replace(input);
    else
        do_create();
    fail_countdown = 0;
    tlb_batch_finish(&batch);
    /* Each new table is seen by the processor, but for roots, which do not run here. */
    CHECK(kind == 15 || tables_published - published == frames_taken - taken);
    take_range(input, &page, &count);
    compare_around(page, count);
    CHECK(table.tables == model_tables());
    operations++;
}

int LLVMFuzzerInitialize(int *count, char ***words)
{
    (void)count;
    (void)words;
    arena =
        mmap(NULL, FRAMES * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(arena != MAP_FAILED);
    CHECK(mprotect(arena, FIRST_FRAME * PAGE_SIZE, PROT_NONE) == 0);
    static mmu_entry root[PAGE_TABLE_ENTRIES];
    for (unsigned i = 0; i < PAGE_TABLE_ENTRIES; i++)
        root[i] = page_entry_table((i + 1) * PAGE_SIZE);
    kernel_root = root;
    page_table_watch = watch;
    CHECK(page_entry_flags(0, 0) == 0);
    atexit(print_operations);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct input input = {bytes, bytes + size};

    memset(model, 0, sizeof(model));
    memset(has_upper, 0, sizeof(has_upper));
    memset(has_middle, 0, sizeof(has_middle));
    memset(has_lower, 0, sizeof(has_lower));
    table = (struct page_table){.last_block = PAGE_TABLE_NO_BLOCK};
    CHECK(page_table_allocate(&table.root) == OK);
    tlb_batch_begin(&batch, &flusher, NULL);
    while (input.at != input.end)
        do_step(&input);
    for (unsigned page = 0; page < WINDOW;
         page += model[page].memory != 0 ? pages_of(model[page].level) : 61)
        compare_page(page);
    page_table_destroy(&table);
    CHECK(frames_used == 0);
    return 0;
}

/*
 * What is measured of page tables: see bench.h. The table is one that no processor uses; the tables
 * below its root are there after the first call.
 */
#include "cairn/error.h"
#include "frames/frames.h"
#include "page_table/page_table.h"
#include "probe/bench.h"
#include "probe/probe.h"
#include "probe/probe_page_table.h"

/* As in bench.toml. */
enum { TIMES = 64, PAGES = 512 };

#define ADDRESS (UINT64_C(1) << 40)
#define MEMORY  (UINT64_C(1) << 32)

static int map(struct page_table *table, uint64_t pages)
{
    return page_table_map(table, ADDRESS, MEMORY, pages * PAGE_SIZE, PAGE_READ | PAGE_USER, 0);
}

/* Maps pages, and takes them away or changes them, counted. The table goes afterwards. */
static void measure(unsigned times, uint64_t pages, bool counts_map, unsigned flags)
{
    struct page_table table;
    struct tlb_batch batch;
    int error = page_table_create(&table);

    if (error != OK) {
        bench_fail(error);
        return;
    }
    tlb_batch_begin(&batch, &probe_flusher, NULL);
    /* What is measured finds the tables that it needs. */
    error = map(&table, pages);
    if (error == OK)
        error = page_table_change(&table, ADDRESS, pages * PAGE_SIZE, 0, &batch);
    for (unsigned i = 0; i < times && error == OK; i++) {
        if (counts_map)
            probe_count_begin();
        error = map(&table, pages);
        if (!counts_map)
            probe_count_begin();
        if (error == OK)
            error = page_table_change(&table, ADDRESS, pages * PAGE_SIZE, flags, &batch);
        tlb_batch_finish(&batch);
        probe_count_end();
    }
    if (error != OK)
        bench_fail(error);
    page_table_destroy(&table);
}

static void bench_page(void)
{
    measure(TIMES, 1, true, 0);
}
BENCH_OPERATION(page_map) = {.name = "page_map", .run = bench_page, .counts_itself = true};

static void bench_pages(void)
{
    measure(1, PAGES, true, 0);
}
BENCH_OPERATION(pages_map) = {.name = "pages_map", .run = bench_pages, .counts_itself = true};

static void bench_pages_protect(void)
{
    measure(1, PAGES, false, PAGE_READ | PAGE_WRITE | PAGE_USER);
}
BENCH_OPERATION(pages_protect) = {
    .name = "pages_protect", .run = bench_pages_protect, .counts_itself = true};

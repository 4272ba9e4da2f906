/*
 * A model of page tables, for page_table_fuzz.h: a window of addresses, of which the model knows
 * page by page what is mapped, in pages of which size, and which tables there are. The kernel's
 * files are included too, with the entries of one architecture.
 */
#include <string.h>
#include <sys/mman.h>

#include "cairn/error.h"
#include "frames/frames.h"
#include "fuzz.h"
#include "page_table/walk.h"

/* Its page_entry.c is the architecture's. */
#include "page_entry.c"
#include "page_table/page_table.c"
#include "page_table/page_table_change.c"
#include "page_table/page_table_map.c"
#include "page_table/page_table_prune.c"
#include "page_table/page_table_walk.c"
#include "tlb/tlb_batch.c"

/* The window lies on both sides of the border of two entries of the root. */
enum { GIBS = 3, PARTS = 512, SMALL = PARTS * PARTS, WINDOW = GIBS * SMALL };
#define WINDOW_BASE ((UINT64_C(3) << 39) - GIB)

void todo_report(unsigned char *said, const char *exercise, const char *file, unsigned line)
{
    (void)said;
    (void)exercise;
    (void)file;
    (void)line;
    abort();
}

/* --- frames -------------------------------------------------------------------------------------
 */

enum { FRAMES = 4096, FIRST_FRAME = 16 };

char *arena;
mmu_entry *kernel_root;
static uint8_t frame_used[FRAMES];
static unsigned frames_used, frames_taken, fail_countdown, frame_hint;

int frames_allocate(const struct frame_request *request, uint64_t *physical)
{
    CHECK(request->count == 1 && request->owner == FRAME_PAGE_TABLE && request->zeroed);
    if (fail_countdown == 1)
        return ERROR_NO_MEMORY;
    if (fail_countdown > 1)
        fail_countdown--;
    for (unsigned i = 0; i < FRAMES; i++) {
        unsigned frame = (frame_hint + i) % FRAMES;
        if (frame < FIRST_FRAME || frame_used[frame])
            continue;
        frame_used[frame] = 1;
        frames_used++;
        frames_taken++;
        frame_hint = frame + 1;
        *physical = (uint64_t)frame * PAGE_SIZE;
        memset(physical_pointer(*physical), 0, PAGE_SIZE);
        return OK;
    }
    return ERROR_NO_MEMORY;
}

void frame_free(uint64_t physical)
{
    uint64_t frame = physical / PAGE_SIZE;

    CHECK(physical % PAGE_SIZE == 0 && frame < FRAMES && frame_used[frame]);
    frame_used[frame] = 0;
    frames_used--;
    /* Whoever still looks there finds nonsense. */
    memset(physical_pointer(physical), 0xa5, PAGE_SIZE);
}

/* --- the model ----------------------------------------------------------------------------------
 */

/* By page of 4 KiB. */
static struct {
    uint32_t memory; /* number of the page of memory; 0 for nothing mapped */
    uint8_t flags;
    uint8_t level;
} model[WINDOW];

static bool has_upper[2];            /* the root's entries lead to tables */
static bool has_middle[GIBS];        /* the entries for 1 GiB do */
static bool has_lower[GIBS * PARTS]; /* the entries for 2 MiB do */

static struct page_table table;
static struct tlb_batch batch;
static bool changing;
static uint64_t noted_pages;

static unsigned upper_of(unsigned page)
{
    return page >= SMALL;
}

/* Whether a table is where the entry of a level for a page is. */
static bool *has_table(unsigned page, unsigned level)
{
    if (level == 3)
        return &has_upper[upper_of(page)];
    return level == 2 ? &has_middle[page / SMALL] : &has_lower[page / PARTS];
}

static uint64_t address_of(unsigned page)
{
    return WINDOW_BASE + (uint64_t)page * PAGE_SIZE;
}

static unsigned pages_of(unsigned level)
{
    return 1U << (9 * level);
}

/* What pages may be: RISC-V's have no memory types. */
static unsigned visible(unsigned flags)
{
    unsigned probe = page_entry_flags(page_entry_leaf(0, 0, PAGE_READ | PAGE_DEVICE), 0);

    if ((probe & PAGE_DEVICE) == 0)
        return flags & (PAGE_RIGHTS | PAGE_USER);
    return (flags & PAGE_DEVICE) != 0 ? flags & ~(unsigned)PAGE_COMBINE : flags;
}

/* The tables that lead to an entry of a level are there. */
static void make_tables(unsigned page, unsigned level)
{
    for (unsigned at = 3; at > level; at--)
        *has_table(page, at) = true;
}

/* The level of the page that the contract wants at a place of a range. */
static unsigned level_for(unsigned page, uint64_t memory, uint64_t left, unsigned largest)
{
    unsigned level = largest;

    /* The window begins at a multiple of 1 GiB. */
    while (level > 0 && ((page | memory) % pages_of(level) != 0 || left < pages_of(level) ||
                         *has_table(page, level)))
        level--;
    return level;
}

/* Takes over tables that a call which failed has made in a range; they must be empty. */
static void learn_tables(unsigned page, unsigned count)
{
    for (unsigned at = page; at < page + count;) {
        mmu_entry *entries = page_table_root(&table);
        unsigned level = 3;
        for (; level > 0; level--) {
            mmu_entry entry = entries[page_table_index(address_of(at), level)];
            if (!mmu_is_table(entry, level))
                break;
            *has_table(at, level) = true;
            entries = page_table_below(entry);
        }
        unsigned step = level == 3 ? SMALL : pages_of(level == 0 ? 1 : level);
        at = (at / step + 1) * step;
    }
}

/* --- flushing -----------------------------------------------------------------------------------
 */

static void flush_pages(void *context, const uint64_t *pages, size_t count)
{
    unsigned level;

    (void)context;
    CHECK(count > 0);
    /* While pages are changed, this is a split: the old page is gone, the new ones aren't there. */
    if (changing)
        CHECK(*page_table_find(&table, pages[count - 1], &level) == 0);
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

static const struct tlb_flusher flusher = {flush_pages, flush_everything, release};

static void watch(uint64_t virtual)
{
    CHECK(virtual >= WINDOW_BASE && virtual < address_of(WINDOW));
    noted_pages++;
}

/* --- comparing ----------------------------------------------------------------------------------
 */

static void compare_page(unsigned page)
{
    struct page_mapping mapping;
    uint64_t offset = page % PAGE_SIZE;
    int result = page_table_translate(&table, address_of(page) + offset, &mapping);

    if (model[page].memory == 0) {
        CHECK(result == ERROR_NOT_FOUND);
        return;
    }
    CHECK(result == OK);
    CHECK(mapping.physical == (uint64_t)model[page].memory * PAGE_SIZE + offset);
    CHECK(mapping.flags == model[page].flags);
    CHECK(mapping.level == model[page].level);
}

static void compare_around(unsigned page, unsigned count)
{
    compare_page(page);
    compare_page(page + count - 1);
    compare_page(page + count / 2);
    if (page > 0)
        compare_page(page - 1);
    if (page + count < WINDOW)
        compare_page(page + count);
    CHECK(table.tables == frames_used - 1);
}

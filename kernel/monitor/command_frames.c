/*
 * `frames`: how physical memory is used, node by node, and how fragmented it is.
 *
 * The picture of a zone has one character for each chunk, or for a group of chunks when there are
 * too many for 16 lines of 64.
 */
#include "boot/boot.h"
#include "cairn/error.h"
#include "console/console.h"
#include "frames/report.h"
#include "monitor/monitor.h"
#include "monitor/words.h"

enum { LINE_CELLS = 64, LINES = 16, CELLS = LINE_CELLS * LINES };

static const char *const owner_names[FRAME_OWNERS] = {
    [FRAME_KERNEL] = "kernel",         [FRAME_HEAP] = "heap",
    [FRAME_STACK] = "stacks",          [FRAME_PAGE_TABLE] = "page tables",
    [FRAME_MEMORY_OBJECT] = "objects",
};

/* What is known of the chunks of one character. */
struct cell {
    uint64_t usable; /* frames */
    uint64_t free;
};

static struct cell cells[CELLS];

static unsigned long long kib(uint64_t frames)
{
    return frames * PAGE_SIZE / KIB;
}

/* Prints a share in per cent with two digits after the point. */
static void print_share(uint64_t part, uint64_t whole)
{
    unsigned long long share = whole == 0 ? 0 : part * 10000 / whole;

    console_print("%llu.%02llu %%", share / 100, share % 100);
}

static char cell_character(const struct cell *cell)
{
    if (cell->usable == 0)
        return ' ';
    if (cell->free == cell->usable)
        return '.';
    if (cell->free == 0)
        return '#';
    /* How much is used, in four steps. */
    return "1234"[(cell->usable - cell->free) * 4 / (cell->usable + 1)];
}

/* Fills the cells of a zone. */
static void fill_cells(struct zone *zone, uint64_t chunks_per_cell)
{
    uint32_t usable, free;

    for (uint64_t chunk = 0; chunk < zone->count;) {
        uint64_t alike = zone_chunks_alike(zone, chunk, &usable, &free);
        for (; alike > 0; alike--, chunk++) {
            cells[chunk / chunks_per_cell].usable += usable;
            cells[chunk / chunks_per_cell].free += free;
        }
    }
}

static void print_picture(struct zone *zone)
{
    uint64_t chunks_per_cell = (zone->count + CELLS - 1) / CELLS;
    size_t count = (zone->count + chunks_per_cell - 1) / chunks_per_cell;

    for (size_t i = 0; i < count; i++)
        cells[i] = (struct cell){0};
    fill_cells(zone, chunks_per_cell);
    console_print("  a character is %llu MiB\n",
                  (unsigned long long)(chunks_per_cell * CHUNK_SIZE / MIB));
    for (size_t i = 0; i < count; i += LINE_CELLS) {
        char line[LINE_CELLS + 1];
        size_t length = count - i < LINE_CELLS ? count - i : LINE_CELLS;
        for (size_t k = 0; k < length; k++)
            line[k] = cell_character(&cells[i + k]);
        line[length] = '\0';
        console_print("  %012llx %s\n",
                      (unsigned long long)(zone->table.base + i * chunks_per_cell * CHUNK_SIZE),
                      line);
    }
}

static void print_blocks(const struct frame_statistics *statistics)
{
    enum { IN_LINE = 5 };
    unsigned count = 0;

    console_print("  free blocks:");
    for (unsigned order = 0; order < ARRAY_COUNT(statistics->free_blocks); order++) {
        unsigned long long mib = CHUNK_SIZE / MIB << order;
        if (statistics->free_blocks[order] == 0)
            continue;
        if (count > 0 && count % IN_LINE == 0)
            console_print("\n              ");
        console_print(" %llu x %llu %s", (unsigned long long)statistics->free_blocks[order],
                      mib < 1024 ? mib : mib / 1024, mib < 1024 ? "MiB" : "GiB");
        count++;
    }
    console_print("%s\n", count > 0 ? "" : " none");
}

static void print_zone(struct zone *zone)
{
    struct frame_statistics sum = {0};

    zone_add_up(zone, &sum);
    console_print("zone %td: 0x%llx - 0x%llx\n", zone - zones, (unsigned long long)zone->table.base,
                  (unsigned long long)(zone->table.base + zone->table.size - 1));
    console_print("  %llu KiB usable, %llu free, %llu in processors' stacks\n", kib(sum.usable),
                  kib(sum.free), kib(sum.cached));
    console_print("  %llu KiB for tables, ", kib(sum.metadata));
    print_share(sum.metadata, sum.usable + sum.metadata);
    console_print("; %llu chunks partly used\n", (unsigned long long)sum.partial_chunks);
    print_blocks(&sum);
    print_picture(zone);
}

static void print_node(unsigned node)
{
    struct frame_statistics statistics;

    if (frames_count(node, &statistics) != OK)
        return;
    console_print("node %u: %llu KiB usable, %llu free", node, kib(statistics.usable),
                  kib(statistics.free + statistics.cached));
    for (unsigned owner = FRAME_FREE + 1; owner < FRAME_OWNERS; owner++) {
        if (statistics.owned[owner] != 0)
            console_print(", %llu %s", kib(statistics.owned[owner]), owner_names[owner]);
    }
    console_print("\n");
    for (size_t i = 0; i < zone_count; i++) {
        if (zones[i].node == node)
            print_zone(&zones[i]);
    }
}

static int frames_run(int count, char **words)
{
    uint64_t node = 0;

    if (count > 2 ||
        (count == 2 && (word_to_number(words[1], &node) != OK || node >= boot_info.node_count)))
        return ERROR_USAGE;
    console_print(". all free   1 2 3 4 used up to 1/4, 1/2, 3/4, 1   # all used   "
                  "space: not ours\n");
    if (count == 2) {
        print_node((unsigned)node);
    } else {
        for (unsigned each = 0; each < boot_info.node_count; each++)
            print_node(each);
    }
    console_print("%llu mistakes of callers were reported\n",
                  (unsigned long long)frames_mistakes());
    return OK;
}

MONITOR_COMMAND(frames)
= {
    .name = "frames",
    .usage = "[NODE]",
    .summary = "show how physical memory is used, and how fragmented it is",
    .run = frames_run,
};

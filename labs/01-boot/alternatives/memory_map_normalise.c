/*
 * Exercise 1.4, another way: the borders of all ranges, sorted, with a count of the ranges of each
 * kind that are open.
 */
#include "boot/boot.h"
#include "cairn/error.h"

/* Where a range begins (+1) or ends (-1), as a page number. */
struct border {
    uint64_t page;
    enum memory_kind kind;
    int step;
};

#define LAST_PAGE (UINT64_MAX / PAGE_SIZE)

static void insert(struct border *borders, size_t count, struct border border)
{
    while (count > 0 && borders[count - 1].page > border.page) {
        borders[count] = borders[count - 1];
        count--;
    }
    borders[count] = border;
}

/* Fills in the two borders of a range; returns false when no page is left of it. */
static bool borders_of(const struct memory_range *range, struct border pair[2])
{
    uint64_t first = range->base / PAGE_SIZE;
    bool wraps = range->size > UINT64_MAX - range->base;
    uint64_t end = wraps ? UINT64_MAX : range->base + range->size;
    bool first_is_cut = range->base % PAGE_SIZE != 0;
    bool end_is_cut = end % PAGE_SIZE != 0;

    if (range->size == 0)
        return false;
    end /= PAGE_SIZE;
    if (range->kind == MEMORY_USABLE)
        first += first_is_cut;
    else
        end += end_is_cut;
    if (end > LAST_PAGE)
        end = LAST_PAGE;
    pair[0] = (struct border){first, range->kind, 1};
    pair[1] = (struct border){end, range->kind, -1};
    return first < end;
}

static int highest_open(const int open[MEMORY_KINDS])
{
    int kind = MEMORY_KINDS;

    while (kind-- > 0) {
        if (open[kind] > 0)
            break;
    }
    return kind;
}

static bool extend(struct memory_map *out, uint64_t base, uint64_t size, enum memory_kind kind)
{
    if (out->count > 0) {
        struct memory_range *last = out->ranges + out->count - 1;
        if (last->kind == kind && last->base + last->size == base) {
            last->size += size;
            return true;
        }
    }
    if (out->count == BOOT_MEMORY_RANGES)
        return false;
    out->ranges[out->count].base = base;
    out->ranges[out->count].size = size;
    out->ranges[out->count].kind = kind;
    out->count++;
    return true;
}

int memory_map_normalise(const struct memory_map *in, struct memory_map *out)
{
    static struct border borders[2 * BOOT_MEMORY_RANGES];
    int open[MEMORY_KINDS] = {0};
    size_t count = 0;

    for (size_t i = 0; i < in->count; i++) {
        struct border pair[2];
        if (!borders_of(&in->ranges[i], pair))
            continue;
        insert(borders, count++, pair[0]);
        insert(borders, count++, pair[1]);
    }
    out->count = 0;
    for (size_t i = 0; i < count; i++) {
        open[borders[i].kind] += borders[i].step;
        int kind = highest_open(open);
        if (i + 1 == count || kind < 0 || borders[i].page == borders[i + 1].page)
            continue;
        uint64_t pages = borders[i + 1].page - borders[i].page;
        if (!extend(out, borders[i].page * PAGE_SIZE, pages * PAGE_SIZE, (enum memory_kind)kind))
            return ERROR_NO_SPACE;
    }
    return OK;
}

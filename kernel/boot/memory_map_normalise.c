/*
 * Exercise 1.4: putting the firmware's memory map in order. The contract is in boot.h.
 */
#include "boot/boot.h"
#include "cairn/error.h"
#include "plain/plain.h"

//@exercise 1.4 Put a memory map in order
/* A range as page numbers [first, end); empty when first >= end. */
struct page_range {
    uint64_t first;
    uint64_t end;
};

static struct page_range whole_pages(const struct memory_range *range)
{
    const uint64_t limit = UINT64_MAX >> PAGE_SHIFT; /* the last page's number is left out */
    uint64_t last;
    struct page_range pages = {0, 0};

    if (range->size == 0)
        return pages;
    if (__builtin_add_overflow(range->base, range->size - 1, &last))
        last = UINT64_MAX;
    pages.first = range->base >> PAGE_SHIFT;
    pages.end = (last >> PAGE_SHIFT) + 1;
    if (range->kind == MEMORY_USABLE) {
        pages.first += (range->base & (PAGE_SIZE - 1)) != 0;
        pages.end -= (last & (PAGE_SIZE - 1)) != PAGE_SIZE - 1;
    }
    if (pages.end > limit)
        pages.end = limit;
    return pages;
}

/*
 * What the page is, or -1 when no range covers it; *next becomes the first page after it where that
 * may change.
 */
static int kind_at(const struct memory_map *in, uint64_t page, uint64_t *next)
{
    int kind = -1;

    *next = UINT64_MAX;
    for (size_t i = 0; i < in->count; i++) {
        struct page_range pages = whole_pages(&in->ranges[i]);
        if (pages.first >= pages.end)
            continue;
        if (pages.first > page) {
            *next = pages.first < *next ? pages.first : *next;
        } else if (pages.end > page) {
            *next = pages.end < *next ? pages.end : *next;
            if ((int)in->ranges[i].kind > kind)
                kind = (int)in->ranges[i].kind;
        }
    }
    return kind;
}

/* Appends pages [first, end) of one kind, growing the last range when it touches and is alike. */
static int append(struct memory_map *out, uint64_t first, uint64_t end, enum memory_kind kind)
{
    struct memory_range *last = out->count > 0 ? &out->ranges[out->count - 1] : NULL;
    uint64_t base = first << PAGE_SHIFT;
    uint64_t size = (end - first) << PAGE_SHIFT;

    if (last != NULL && last->kind == kind && last->base + last->size == base) {
        last->size += size;
        return OK;
    }
    if (out->count == BOOT_MEMORY_RANGES)
        return ERROR_NO_SPACE;
    out->ranges[out->count++] = (struct memory_range){base, size, kind};
    return OK;
}

int memory_map_normalise(const struct memory_map *in, struct memory_map *out)
{
    uint64_t page = 0;
    uint64_t next;

    out->count = 0;
    for (; page != UINT64_MAX; page = next) {
        int kind = kind_at(in, page, &next);
        if (kind < 0)
            continue;
        int error = append(out, page, next, (enum memory_kind)kind);
        if (error != OK)
            return error;
    }
    return OK;
}
//@stub
// int memory_map_normalise(const struct memory_map *in, struct memory_map *out)
// {
//     (void)in;
//     (void)out;
//     todo("1.4");
//     return ERROR_NOT_IMPLEMENTED;
// }
//@end

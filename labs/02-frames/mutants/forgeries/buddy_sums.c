/*
 * A wrong solution of exercise 2.3: the block becomes free, and when its buddy is free too, the sum
 * and the states are what they would be after merging. The lists are not.
 */
#include "frames/buddy.h"
#include "plain/plain.h"

void buddy_give(struct buddy *buddy, uint64_t chunk, unsigned order)
{
    uint64_t other = chunk ^ UINT64_C(1) << order;

    buddy_insert(buddy, chunk, order);
    if (buddy_is_free(buddy, other, order)) {
        buddy->states[(chunk > other ? chunk : other) - buddy->first] = 0;
        buddy->states[(chunk > other ? other : chunk) - buddy->first]++;
    }
}

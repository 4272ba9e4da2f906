/*
 * Exercise 2.3, another way: blocks of an order are numbered; an even one's buddy is the next, an
 * odd one's the one before.
 */
#include "frames/buddy.h"
#include "plain/plain.h"

void buddy_give(struct buddy *buddy, uint64_t chunk, unsigned order)
{
    uint64_t number = chunk >> order;
    uint64_t other = (number % 2 == 0 ? number + 1 : number - 1) << order;
    bool is_highest = order == BUDDY_ORDERS - 1;

    if (is_highest || !buddy_is_free(buddy, other, order)) {
        buddy_insert(buddy, chunk, order);
        return;
    }
    buddy_remove(buddy, other, order);
    buddy_give(buddy, number / 2 << (order + 1), order + 1);
}

/*
 * Exercise 2.2, another way: a block of an order is one from its list, or half of one of the next.
 */
#include "cairn/error.h"
#include "frames/buddy.h"
#include "plain/plain.h"

int buddy_take(struct buddy *buddy, unsigned order, uint64_t *chunk)
{
    uint64_t larger;

    if (order >= BUDDY_ORDERS)
        return ERROR_NO_MEMORY;
    if (!list_is_empty(&buddy->free[order])) {
        *chunk = buddy_block_of(buddy, buddy->free[order].head.next);
        buddy_remove(buddy, *chunk, order);
        return OK;
    }
    int result = buddy_take(buddy, order + 1, &larger);
    if (result != OK)
        return result;
    buddy_insert(buddy, larger + (UINT64_C(1) << order), order);
    *chunk = larger;
    return OK;
}

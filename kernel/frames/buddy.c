/*
 * The lists of free blocks: what the exercises buddy_take.c and buddy_give.c stand on.
 */
#include "frames/buddy.h"

void buddy_insert(struct buddy *buddy, uint64_t chunk, unsigned order)
{
    uint64_t index = chunk - buddy->first;

    buddy->states[index] = (uint8_t)(BUDDY_FREE | order);
    list_add_first(&buddy->free[order], &buddy->links[index]);
    buddy->free_chunks += UINT64_C(1) << order;
}

void buddy_remove(struct buddy *buddy, uint64_t chunk, unsigned order)
{
    uint64_t index = chunk - buddy->first;

    buddy->states[index] = 0;
    list_remove(&buddy->links[index]);
    buddy->free_chunks -= UINT64_C(1) << order;
}

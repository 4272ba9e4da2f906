/*
 * A wrong solution of exercise 2.2: it gives out the zone's chunks one after the other and lets the
 * count of free chunks fall. No list is touched.
 */
#include "cairn/error.h"
#include "frames/buddy.h"
#include "plain/plain.h"

int buddy_take(struct buddy *buddy, unsigned order, uint64_t *chunk)
{
    uint64_t size = UINT64_C(1) << order;

    if (buddy->free_chunks < size)
        return ERROR_NO_MEMORY;
    *chunk = buddy->first + buddy->count - buddy->free_chunks;
    buddy->free_chunks -= size;
    return OK;
}

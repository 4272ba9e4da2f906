/*
 * Exercise 2.3: merging buddies. The contract is in buddy.h.
 */
#include "frames/buddy.h"
#include "plain/plain.h"

//@exercise 2.3 Merge buddies
void buddy_give(struct buddy *buddy, uint64_t chunk, unsigned order)
{
    while (order + 1 < BUDDY_ORDERS) {
        uint64_t size = UINT64_C(1) << order;
        if (!buddy_is_free(buddy, chunk ^ size, order))
            break;
        buddy_remove(buddy, chunk ^ size, order);
        chunk &= ~size;
        order++;
    }
    buddy_insert(buddy, chunk, order);
}
//@stub
// void buddy_give(struct buddy *buddy, uint64_t chunk, unsigned order)
// {
//     (void)buddy;
//     (void)chunk;
//     (void)order;
//     todo("2.3");
// }
//@end

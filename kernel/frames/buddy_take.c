/*
 * Exercise 2.2: splitting a block. The contract is in buddy.h.
 */
#include "cairn/error.h"
#include "frames/buddy.h"
#include "plain/plain.h"

//@exercise 2.2 Split a block
int buddy_take(struct buddy *buddy, unsigned order, uint64_t *chunk)
{
    unsigned from = order;

    while (from < BUDDY_ORDERS && list_is_empty(&buddy->free[from]))
        from++;
    if (from >= BUDDY_ORDERS)
        return ERROR_NO_MEMORY;
    uint64_t block = buddy_block_of(buddy, buddy->free[from].head.next);
    buddy_remove(buddy, block, from);
    while (from > order) {
        from--;
        buddy_insert(buddy, block + (UINT64_C(1) << from), from);
    }
    *chunk = block;
    return OK;
}
//@stub
// int buddy_take(struct buddy *buddy, unsigned order, uint64_t *chunk)
// {
//     (void)buddy;
//     (void)order;
//     (void)chunk;
//     todo("2.2");
//     return ERROR_NOT_IMPLEMENTED;
// }
//@end

/*
 * A wrong solution of exercise 2.5: right for every machine whose nodes are all equally far from
 * each other, which is what most people try.
 */
#include "frames/node_order.h"

#include "plain/plain.h"

void node_order(const uint8_t distance[][BOOT_NODES], size_t count, unsigned node, unsigned *order)
{
    (void)distance;
    for (unsigned i = 0; i < count; i++)
        order[i] = (unsigned)((node + i) % count);
}

/*
 * Exercise 2.5: which NUMA nodes to ask, and in which order. The contract is in node_order.h.
 */
#include "frames/node_order.h"

#include "plain/plain.h"

//@exercise 2.5 Ask the nearest node
/* What decides how early a node is asked: its distance, then its place in the ring. */
static unsigned rank(const uint8_t distance[][BOOT_NODES], size_t count, unsigned node,
                     unsigned other)
{
    unsigned far = distance[node][other];

    if (other == node)
        return 0;
    if (far == 0)
        far = NODE_DISTANCE_FAR;
    return (far + 1) * BOOT_NODES + (unsigned)((other + count - node) % count);
}

void node_order(const uint8_t distance[][BOOT_NODES], size_t count, unsigned node, unsigned *order)
{
    for (unsigned other = 0; other < count; other++) {
        unsigned place = other;
        unsigned mine = rank(distance, count, node, other);
        while (place > 0 && rank(distance, count, node, order[place - 1]) > mine) {
            order[place] = order[place - 1];
            place--;
        }
        order[place] = other;
    }
}
//@stub
// void node_order(const uint8_t distance[][BOOT_NODES], size_t count, unsigned node,
//                 unsigned *order)
// {
//     (void)distance;
//     (void)count;
//     (void)node;
//     (void)order;
//     todo("2.5");
// }
//@end

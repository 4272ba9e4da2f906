/*
 * Exercise 2.5, another way: for each place in the order, a walk around the ring finds the first of
 * the nearest nodes that have none yet.
 */
#include "frames/node_order.h"

#include "plain/plain.h"

static unsigned distance_of(uint8_t told)
{
    return told != 0 ? told : NODE_DISTANCE_FAR;
}

void node_order(const uint8_t distance[][BOOT_NODES], size_t count, unsigned node, unsigned *order)
{
    bool placed[BOOT_NODES] = {false};

    order[0] = node;
    placed[node] = true;
    for (size_t place = 1; place < count; place++) {
        unsigned nearest = node;
        for (unsigned step = 1; step < count; step++) {
            unsigned other = (unsigned)((node + step) % count);
            if (placed[other])
                continue;
            if (nearest == node ||
                distance_of(distance[node][other]) < distance_of(distance[node][nearest]))
                nearest = other;
        }
        order[place] = nearest;
        placed[nearest] = true;
    }
}

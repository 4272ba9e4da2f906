/**
 * @file
 * Which NUMA nodes to ask, and in which order (@ref frames).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "boot/boot.h"

/** What a distance of 0, "not told", stands for: near for a node to itself, else far. */
#define NODE_DISTANCE_NEAR 10
#define NODE_DISTANCE_FAR  20

/**
 * Orders the nodes as a processor of @p node should ask them for memory. *Exercise 2.5*
 *
 * The node itself comes first, whatever the firmware says of its distance. The others follow by
 * rising distance from it. Of nodes that are equally far, the one that comes next in the ring
 * node + 1, node + 2, … (modulo @p count) is first, so that not all nodes overflow into the same.
 *
 * @param distance by node asking and node asked, as in boot_info.node_distance; 0 is not told
 * @param count how many nodes there are, 1 to BOOT_NODES
 * @param node who asks, below @p count
 * @param[out] order all nodes 0 to count - 1, each once
 *
 * Context: start-up.
 */
void node_order(const uint8_t distance[][BOOT_NODES], size_t count, unsigned node, unsigned *order);

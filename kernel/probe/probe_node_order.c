/*
 * Probe node_order.order: in which order a node's processors ask the nodes.
 *
 *   node_order.order COUNT DISTANCES NODE...
 *
 * DISTANCES is COUNT x COUNT bytes, by node asking and node asked. The rest of the table holds the
 * least distance that there is. Facts: `order`, once for each NODE; `changed`, how many bytes of
 * the table and how many places behind the order were changed.
 */
#include "frames/node_order.h"
#include "lib/string.h"
#include "probe/probe.h"

enum { MARKS = 8 };

static uint8_t distance[BOOT_NODES][BOOT_NODES], distance_copy[BOOT_NODES][BOOT_NODES];
static unsigned order[BOOT_NODES + MARKS];
static uint64_t reported[BOOT_NODES];
static const unsigned mark = 0x5a5a5a5a;

static void fill_table(const char *bytes, size_t count)
{
    memset(distance, 1, sizeof(distance));
    for (size_t from = 0; from < count; from++)
        memcpy(distance[from], bytes + count * from, count);
    memcpy(distance_copy, distance, sizeof(distance));
}

static size_t changes(size_t count)
{
    size_t changed = 0;

    for (size_t i = count; i < BOOT_NODES + MARKS; i++)
        changed += order[i] != mark;
    for (size_t from = 0; from < BOOT_NODES; from++) {
        for (size_t to = 0; to < BOOT_NODES; to++)
            changed += distance[from][to] != distance_copy[from][to];
    }
    return changed;
}

static int run_order(struct probe_request *request)
{
    enum { COUNT, DISTANCES, FIRST_NODE };
    uint64_t count, node;
    char *bytes;
    size_t size, changed = 0;

    if (!probe_number(request, COUNT, &count) || count == 0 || count > BOOT_NODES ||
        !probe_bytes(request, DISTANCES, &bytes, &size) || size != count * count)
        return ERROR_USAGE;
    fill_table(bytes, count);
    for (int i = FIRST_NODE; i < request->count; i++) {
        if (!probe_number(request, i, &node) || node >= count)
            return ERROR_USAGE;
        for (size_t at = 0; at < BOOT_NODES + MARKS; at++)
            order[at] = mark;
        node_order((const uint8_t(*)[BOOT_NODES])distance, count, (unsigned)node, order);
        changed += changes(count);
        for (size_t at = 0; at < count; at++)
            reported[at] = order[at];
        probe_fact_list(request, "order", reported, count);
    }
    probe_fact(request, "changed", changed);
    return OK;
}
PROBE(node_order_order)
= {.name = "node_order.order", .run = run_order};

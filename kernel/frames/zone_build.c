/*
 * Making zones of the memory map, at start-up.
 *
 * Usable memory is cut into pieces that belong to one node and lie below or above FRAMES_LOW_END.
 * Neighbouring pieces become one zone, unless a hole between them is so large that the tables for
 * it would be a waste. The tables then take the end of a zone's largest piece; what is left of the
 * pieces becomes free blocks and, at edges that are not at a chunk's border, split chunks.
 */
#include "address_map/address_map.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "frames/frame_stack.h"
#include "frames/node_order.h"
#include "init/init.h"
#include "log/log.h"

/* A hole of this many chunks, 64 MiB, ends a zone. */
enum { HOLE_CHUNKS = 32 };
enum { PIECES_MAX = 2 * (BOOT_MEMORY_RANGES + BOOT_NODE_RANGES) };

struct zone zones[ZONES_MAX];
size_t zone_count;

struct zone *zone_orders[BOOT_NODES][ZONES_MAX + 1];

static struct memory_piece pieces[PIECES_MAX] INIT_DATA;
static size_t piece_count INIT_DATA;

/* Usable bytes that no zone has, by what they are lost to. */
enum loss { TO_NEIGHBOURS, TO_TABLES, TO_LIMITS, LOSSES };
static INIT_DATA uint64_t lost[LOSSES];

struct zone *zone_find(uint64_t physical)
{
    for (size_t i = 0; i < zone_count; i++) {
        if (zone_chunk(&zones[i], physical) < zones[i].count)
            return &zones[i];
    }
    return NULL;
}

/* The node of the memory at base, and where it ends: at the latest at *end. */
INIT_TEXT static unsigned node_at(uint64_t base, uint64_t *end)
{
    unsigned node = 0;

    for (size_t i = 0; i < boot_info.node_range_count; i++) {
        const struct boot_node_range *range = &boot_info.node_ranges[i];
        uint64_t range_end = range->base + range->size;
        if (range->base > base && range->base < *end)
            *end = range->base;
        if (range->base <= base && base < range_end) {
            node = range->node;
            if (range_end < *end)
                *end = range_end;
        }
    }
    return node;
}

INIT_TEXT static void add_piece(uint64_t base, uint64_t end, unsigned node)
{
    struct memory_piece *last = piece_count > 0 ? &pieces[piece_count - 1] : NULL;

    if (last != NULL && last->end == base && last->node == node && base != FRAMES_LOW_END) {
        last->end = end;
        return;
    }
    if (last != NULL && last->node != node) {
        /* A chunk belongs to one node: to that of its first frame. */
        uint64_t border = align_up(last->end, CHUNK_SIZE);
        if (base < border) {
            lost[TO_NEIGHBOURS] += (end < border ? end : border) - base;
            base = border;
        }
    }
    if (base >= end)
        return;
    if (piece_count == PIECES_MAX) {
        lost[TO_LIMITS] += end - base;
        return;
    }
    pieces[piece_count++] = (struct memory_piece){.base = base, .end = end, .node = node};
}

/* Cuts one usable range at the borders of nodes and at FRAMES_LOW_END, into whole frames. */
INIT_TEXT static void add_range(uint64_t base, uint64_t end)
{
    /* Address 0 stands for "none" in too many places. */
    if (base < PAGE_SIZE)
        base = PAGE_SIZE;
    while (base < end) {
        uint64_t piece_end = base < FRAMES_LOW_END && end > FRAMES_LOW_END ? FRAMES_LOW_END : end;
        unsigned node = node_at(base, &piece_end);
        uint64_t whole_end = align_down(piece_end, PAGE_SIZE);
        if (align_up(base, PAGE_SIZE) < whole_end)
            add_piece(align_up(base, PAGE_SIZE), whole_end, node);
        base = piece_end;
    }
}

INIT_TEXT static void find_pieces(void)
{
    for (size_t i = 0; i < boot_info.memory.count; i++) {
        const struct memory_range *range = &boot_info.memory.ranges[i];
        /* Firmware tables have been read by now. */
        if (range->kind != MEMORY_USABLE && range->kind != MEMORY_RECLAIM)
            continue;
        uint64_t end = range->base + range->size;
        if (end > DIRECT_MAP_SIZE) {
            lost[TO_LIMITS] +=
                end - (range->base > DIRECT_MAP_SIZE ? range->base : DIRECT_MAP_SIZE);
            end = DIRECT_MAP_SIZE;
        }
        add_range(range->base, end);
    }
}

/* Whether piece can become part of the zone that has the pieces from first on. */
INIT_TEXT static bool belongs_together(const struct memory_piece *first,
                                       const struct memory_piece *piece)
{
    uint64_t hole_begin = (piece[-1].end - 1) >> CHUNK_SHIFT;
    uint64_t hole_end = piece->base >> CHUNK_SHIFT;

    if (piece->node != first->node ||
        (piece->base < FRAMES_LOW_END) != (first->base < FRAMES_LOW_END))
        return false;
    if (hole_end <= hole_begin + 1)
        return true;
    return hole_end - hole_begin - 1 < HOLE_CHUNKS &&
           zone_tables_fit(first, (size_t)(piece - first) + 1);
}

/* Makes a zone of some pieces. @return whether it was worth it */
INIT_TEXT static void add_zone(struct memory_piece *first, size_t count)
{
    struct zone *zone = &zones[zone_count];
    enum loss loss = zone_count == ZONES_MAX ? TO_LIMITS : TO_TABLES;

    if (zone_count == ZONES_MAX || zone_lay_out(zone, first, count) != OK) {
        lost[loss] += zone_usable(first, count);
        return;
    }
    zone_count++;
}

/* Asks for the order of the nodes; if it does not name every node once, by rising numbers. */
INIT_TEXT static void order_nodes(unsigned node, unsigned *order)
{
    uint32_t seen = 0;

    node_order(boot_info.node_distance, boot_info.node_count, node, order);
    for (size_t i = 0; i < boot_info.node_count; i++)
        seen |= order[i] < boot_info.node_count ? UINT32_C(1) << order[i] : 0;
    if (seen == (UINT32_C(1) << boot_info.node_count) - 1)
        return;
    log_warning("frames: node %u asks the nodes in no particular order", node);
    for (unsigned i = 0; i < boot_info.node_count; i++)
        order[i] = i;
}

/* Of a node, what lies above FRAMES_LOW_END is asked first. Zones were added from below. */
INIT_TEXT static void order_zones(void)
{
    for (unsigned node = 0; node < boot_info.node_count; node++) {
        struct zone **next = zone_orders[node];
        unsigned order[BOOT_NODES] = {0};
        order_nodes(node, order);
        for (size_t i = 0; i < boot_info.node_count; i++) {
            for (size_t index = zone_count; index > 0; index--) {
                if (zones[index - 1].node == order[i])
                    *next++ = &zones[index - 1];
            }
        }
    }
}

INIT_TEXT static void report(void)
{
    static const char *const why[LOSSES] = {"another node has the first part of a chunk",
                                            "the tables for so little memory would take too much",
                                            "too many ranges, or out of reach"};
    uint64_t metadata = 0;

    for (size_t i = 0; i < zone_count; i++)
        metadata += zones[i].metadata;
    for (size_t i = 0; i < LOSSES; i++) {
        if (lost[i] != 0)
            log_warning("frames: %llu KiB are left out: %s", (unsigned long long)(lost[i] / KIB),
                        why[i]);
    }
    log_info("frames: %llu KiB in %zu zone%s, %llu KiB for tables",
             (unsigned long long)(frames_usable() * PAGE_SIZE / KIB), zone_count,
             zone_count == 1 ? "" : "s", (unsigned long long)(metadata * PAGE_SIZE / KIB));
}

INIT_TEXT static int frames_init(void)
{
    find_pieces();
    for (size_t first = 0; first < piece_count;) {
        size_t next = first + 1;
        while (next < piece_count && belongs_together(&pieces[first], &pieces[next]))
            next++;
        add_zone(&pieces[first], next - first);
        first = next;
    }
    order_zones();
    frame_stack_start(boot_info.boot_hardware_id);
    report();
    return zone_count > 0 ? OK : ERROR_NO_MEMORY;
}
INIT_CALL(heap, frames_init);

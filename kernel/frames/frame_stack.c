/*
 * Each processor's stack of single frames: where its frames come from.
 */
#include "frames/frame_stack.h"

#include "arch/cpu.h"
#include "frames/node_order.h"
#include "lib/string.h"
#include "log/log.h"

static size_t source_take(uint64_t *frames, size_t count);
static void source_give(const uint64_t *frames, size_t count);

static const struct frame_source source = {.take = source_take, .give = source_give};

PERCPU(struct frame_stack, frame_stack);

/* The stacks of all processors that have started. */
static struct spinlock list_lock = SPINLOCK("frame stacks");
static struct frame_stack *first_stack GUARDED_BY(list_lock);

/* By node asking: whom to ask, in order. Constant after start-up. */
static uint8_t node_orders[BOOT_NODES][BOOT_NODES];

/* Fills up to count frames, from the nearest node that has any. */
static size_t source_take(uint64_t *frames, size_t count)
{
    const uint8_t *nodes = frame_stack_nodes(percpu(frame_stack).node);
    size_t taken = 0;

    for (size_t i = 0; taken == 0 && i < boot_info.node_count; i++) {
        struct zone *zone = zone_first(nodes[i]);
        for (; zone != NULL && taken < count; zone = zone->next)
            taken += zone_take_frames(zone, frames + taken, count - taken);
    }
    return taken;
}

static void source_give(const uint64_t *frames, size_t count)
{
    for (size_t i = 0; i < count;) {
        struct zone *zone = zone_find(frames[i]);
        size_t end = i + 1;
        if (zone == NULL) {
            frames_distrust("frame_cache_give", frames[i]);
        } else {
            while (end < count && zone_chunk(zone, frames[end]) < zone->count)
                end++;
            zone_give_frames(zone, frames + i, end - i);
        }
        i = end;
    }
}

const uint8_t *frame_stack_nodes(unsigned node)
{
    return node_orders[node];
}

/* Takes over an order that names every node once; any other one is replaced by rising numbers. */
INIT_TEXT static void set_node_order(unsigned node, const unsigned *order)
{
    uint32_t seen = 0;

    for (size_t i = 0; i < boot_info.node_count; i++) {
        if (order[i] < boot_info.node_count)
            seen |= UINT32_C(1) << order[i];
    }
    bool complete = seen == (UINT32_C(1) << boot_info.node_count) - 1;
    if (!complete)
        log_warning("frames: node %u asks the nodes in no particular order", node);
    for (unsigned i = 0; i < boot_info.node_count; i++)
        node_orders[node][i] = (uint8_t)(complete ? order[i] : i);
}

INIT_TEXT void frame_nodes_init(void)
{
    for (unsigned node = 0; node < boot_info.node_count; node++) {
        unsigned order[BOOT_NODES] = {0};
        node_order(boot_info.node_distance, boot_info.node_count, node, order);
        set_node_order(node, order);
    }
}

/* The node of the processor with a hardware number. */
static unsigned processor_node(uint64_t hardware_id)
{
    for (size_t i = 0; i < boot_info.processor_count; i++) {
        if (boot_info.processors[i].hardware_id == hardware_id &&
            boot_info.processors[i].node < boot_info.node_count)
            return boot_info.processors[i].node;
    }
    return 0;
}

void frame_stack_start(uint64_t hardware_id)
{
    struct frame_stack *stack = &percpu(frame_stack);

    memset(stack, 0, sizeof(*stack));
    stack->cache.source = &source;
    stack->table = zones[0].table;
    stack->node = processor_node(hardware_id);
    spinlock_acquire(&list_lock);
    stack->next = first_stack;
    first_stack = stack;
    spinlock_release(&list_lock);
}

struct frame_stack *frame_stack_first(void)
{
    spinlock_acquire(&list_lock);
    struct frame_stack *first = first_stack;
    spinlock_release(&list_lock);
    return first;
}

void frame_stack_drain(void)
{
    bool interrupts_were_on = cpu_interrupts_disable();
    struct frame_cache *cache = &percpu(frame_stack).cache;

    source_give(cache->frames, cache->count);
    cache->count = 0;
    cpu_interrupts_restore(interrupts_were_on);
}

unsigned frames_local_node(void)
{
    return percpu(frame_stack).node;
}

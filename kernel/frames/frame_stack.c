/*
 * Each processor's stack of single frames: where its frames come from.
 */
#include "frames/frame_stack.h"

#include "arch/cpu.h"

PERCPU(struct frame_stack, frame_stack);

/* The stacks of all processors that have started. */
static struct spinlock list_lock = SPINLOCK("frame stacks");
static struct frame_stack *first_stack GUARDED_BY(list_lock);

/* Fills up to count frames, from the first zone that has any. */
static size_t source_take(uint64_t *frames, size_t count)
{
    struct zone **zone = zone_orders[percpu(frame_stack).node];
    size_t taken = 0;

    for (; taken == 0 && *zone != NULL; zone++)
        taken = zone_take_frames(*zone, frames, count);
    return taken;
}

static void source_give(const uint64_t *frames, size_t count)
{
    for (size_t i = 0; i < count;) {
        struct zone *zone = zone_find(frames[i]);
        if (zone != NULL)
            i += zone_give_frames(zone, frames + i, count - i);
        else
            frames_distrust("frame_cache_give", frames[i++]);
    }
}

static const struct frame_source source = {.take = source_take, .give = source_give};

INIT_TEXT void frame_stack_start(uint64_t hardware_id)
{
    const struct boot_processor *processor = boot_find_processor(&boot_info, hardware_id);
    bool known = processor != NULL && processor->node < boot_info.node_count;
    struct frame_stack *stack = &percpu(frame_stack);

    spinlock_acquire(&list_lock);
    *stack = (struct frame_stack){
        .cache.source = &source, .node = known ? processor->node : 0, .next = first_stack};
    first_stack = stack;
    spinlock_release(&list_lock);
}

uint64_t frame_stacks_count(const struct frame_table *table)
{
    uint64_t count = 0;

    spinlock_acquire(&list_lock);
    for (const struct frame_stack *stack = first_stack; stack != NULL; stack = stack->next) {
        for (size_t i = 0; i < stack->cache.count && i < FRAME_CACHE_ROOM; i++)
            count += stack->cache.frames[i] - table->base < table->size;
    }
    spinlock_release(&list_lock);
    return count;
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

/*
 * Requests for more than one frame, and for frames with conditions.
 *
 * A request is checked first, and turned into a plan; then the zones are asked, the nearest node's
 * first. When none has room, what the processor's stack and the zones' spare chunks hold is given
 * back, and all are asked once more.
 */
#include "address_map/address_map.h"
#include "arch/page_copy.h"
#include "arch/stack.h"
#include "cairn/error.h"
#include "frames/frame_stack.h"
#include "lib/string.h"
#include "log/log.h"

int frames_distrust(const char *function, uint64_t value)
{
    static uint32_t said; /* a whole word: not every processor exchanges bytes */

    /* Relaxed: twice would be no harm. */
    if (!__atomic_exchange_n(&said, 1, __ATOMIC_RELAXED))
        log_error("frames: %s() gave %#llx, which can't be right; frames are lost", function,
                  (unsigned long long)value);
    return ERROR_NO_MEMORY;
}

/* The plan is a request that makes sense, with a node, and its alignment in frames, at least 1. */
static bool make_plan(const struct frame_request *request, struct frame_request *plan)
{
    if (request->count == 0 || request->owner == FRAME_FREE ||
        (unsigned)request->owner >= FRAME_OWNERS ||
        (request->alignment & (request->alignment - 1)) != 0 ||
        (request->has_node && request->node >= boot_info.node_count))
        return false;
    *plan = *request;
    plan->alignment = request->alignment > PAGE_SIZE ? request->alignment / PAGE_SIZE : 1;
    plan->node = request->has_node ? request->node : frames_local_node();
    return true;
}

/* Whether any single frame will do. */
static bool is_simple(const struct frame_request *plan)
{
    return plan->count == 1 && plan->alignment == 1 && !plan->low && !plan->only_node &&
           plan->node == frames_local_node();
}

/* Writes down who owns the frames, in all of them for a run, in the first one for a block. */
static void set_owner(struct zone *zone, uint64_t physical, size_t count, enum frame_owner owner)
    REQUIRES(zone->lock)
{
    struct frame *frame = zone_frame(zone, physical);

    *frame = (struct frame){.references = 1,
                            .count = (uint16_t)(count < CHUNK_FRAMES ? count : 0),
                            .owner = (uint8_t)owner};
    for (size_t i = 1; count < CHUNK_FRAMES && i < count; i++)
        frame[i] = (struct frame){.owner = (uint8_t)owner};
}

static int allocate_in_zone(struct zone *zone, const struct frame_request *plan, uint64_t *physical)
{
    size_t count = plan->count;
    int error;

    spinlock_acquire(&zone->lock);
    if (count < CHUNK_FRAMES && plan->alignment <= CHUNK_FRAMES)
        error = zone_take_run(zone, count, plan->alignment, physical);
    else
        error = zone_take_block(zone, count, plan->alignment / CHUNK_FRAMES, physical);
    if (error == OK)
        set_owner(zone, *physical, count, plan->owner);
    spinlock_release(&zone->lock);
    return error;
}

static bool is_allowed(const struct zone *zone, const struct frame_request *plan)
{
    return (!plan->low || zone->table.base < FRAMES_LOW_END) &&
           (!plan->only_node || zone->node == plan->node);
}

static int allocate_anywhere(const struct frame_request *plan, uint64_t *physical)
{
    struct zone **zone = zone_orders[plan->node];
    int error = ERROR_NO_MEMORY;

    for (; *zone != NULL && error != OK; zone++) {
        if (is_allowed(*zone, plan))
            error = allocate_in_zone(*zone, plan, physical);
    }
    return error;
}

static void zero_frames(uint64_t physical, uint64_t count)
{
    for (uint64_t end = physical + count * PAGE_SIZE; physical < end; physical += PAGE_SIZE)
        page_clear(physical_pointer(physical));
}

int frames_allocate(const struct frame_request *request, uint64_t *physical)
{
    uint64_t taken = 0;
    struct frame_request plan;
    int error;

    if (!make_plan(request, &plan))
        return ERROR_INVALID_ARGUMENT;
    if (is_simple(&plan))
        error = frame_allocate(request->owner, &taken);
    else if (frames_shall_fail())
        error = ERROR_NO_MEMORY;
    else if ((error = allocate_anywhere(&plan, &taken)) != OK) {
        frames_drain();
        error = allocate_anywhere(&plan, &taken);
    }
    if (error != OK)
        return error;
    if (request->zeroed)
        zero_frames(taken, request->count);
    *physical = taken;
    return OK;
}

/* Frees a run or a block that is known to be one. */
static void free_in_zone(struct zone *zone, uint64_t physical) REQUIRES(zone->lock)
{
    uint64_t chunk = zone_chunk(zone, physical);
    struct frame *frame = zone_frame(zone, physical);
    size_t count = frame->count;

    if (zone->table.states[chunk] == CHUNK_BLOCK) {
        *frame = (struct frame){.owner = FRAME_FREE};
        zone_give_block(zone, chunk);
    } else {
        memset(frame, 0, count * sizeof(*frame));
        chunk_mark(zone, chunk, chunk_frame(physical), count, true);
        chunk_settle(zone, chunk);
    }
}

void frames_free_at(const char *function, uint64_t physical, uint64_t count,
                    uintptr_t caller) NO_LOCK_ANALYSIS
{
    struct zone *zone = frames_lock_allocation(function, physical, count, caller);

    if (zone == NULL)
        return;
    free_in_zone(zone, physical);
    spinlock_release(&zone->lock);
}

void frames_free(uint64_t physical, size_t count)
{
    if (count == 0)
        frames_report("frames_free", "no frames are no allocation", physical, count,
                      stack_frame_pointer());
    else
        frames_free_at("frames_free", physical, count, stack_frame_pointer());
}

//@quote [frames-drain]
void frames_drain(void)
{
    frame_stack_drain();
    for (size_t i = 0; i < zone_count; i++)
        zone_drain(&zones[i]);
}
//@quote [frames-drain]

/*
 * Requests for more than one frame, and for frames with conditions.
 *
 * A request is checked first, and turned into a plan; then the zones are asked, the nearest node's
 * first. When none has room, what the processor's stack and the zones' spare chunks hold is given
 * back, and all are asked once more.
 */
#include "address_map/address_map.h"
#include "arch/cpu.h"
#include "arch/stack.h"
#include "cairn/error.h"
#include "frames/frame_stack.h"
#include "frames/injection.h"
#include "frames/mistake.h"
#include "lib/string.h"
#include "log/log.h"

/* A request that makes sense. */
struct plan {
    const struct frame_request *request;
    uint64_t alignment; /* in frames, at least 1 */
    unsigned node;      /* to ask first */
};

void *frames_pointer(uint64_t physical)
{
    return physical_pointer(physical);
}

uint64_t frames_reach(void)
{
    return DIRECT_MAP_SIZE;
}

void frames_distrust(const char *function, uint64_t value)
{
    static uint32_t said; /* a whole word: not every processor exchanges bytes */

    /* Relaxed: twice would be no harm. */
    if (!__atomic_exchange_n(&said, 1, __ATOMIC_RELAXED))
        log_error("frames: %s() gave %#llx, which can't be right; frames are lost", function,
                  (unsigned long long)value);
}

static bool make_plan(const struct frame_request *request, struct plan *plan)
{
    uint64_t alignment = request->alignment > PAGE_SIZE ? request->alignment : PAGE_SIZE;

    if (request->count == 0 || request->owner == FRAME_FREE ||
        (unsigned)request->owner >= FRAME_OWNERS ||
        (request->alignment & (request->alignment - 1)) != 0 ||
        (request->has_node && request->node >= boot_info.node_count))
        return false;
    *plan = (struct plan){.request = request,
                          .alignment = alignment / PAGE_SIZE,
                          .node = request->has_node ? request->node : frames_local_node()};
    return true;
}

/* Whether any single frame will do. */
static bool is_simple(const struct plan *plan)
{
    const struct frame_request *request = plan->request;

    return request->count == 1 && plan->alignment == 1 && !request->low && !request->only_node &&
           (!request->has_node || request->node == frames_local_node());
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

static int allocate_in_zone(struct zone *zone, const struct plan *plan, uint64_t *physical)
{
    size_t count = plan->request->count;
    int error;

    if (plan->request->low && !zone->low)
        return ERROR_NO_MEMORY;
    spinlock_acquire(&zone->lock);
    if (count < CHUNK_FRAMES && plan->alignment <= CHUNK_FRAMES)
        error = zone_take_run(zone, count, plan->alignment, physical);
    else
        error = zone_take_block(zone, count, plan->alignment / CHUNK_FRAMES, physical);
    if (error == OK)
        set_owner(zone, *physical, count, plan->request->owner);
    spinlock_release(&zone->lock);
    return error;
}

static int allocate_in_node(unsigned node, const struct plan *plan, uint64_t *physical)
{
    int error = ERROR_NO_MEMORY;

    for (struct zone *zone = zone_first(node); zone != NULL && error != OK; zone = zone->next)
        error = allocate_in_zone(zone, plan, physical);
    return error;
}

static int allocate_anywhere(const struct plan *plan, uint64_t *physical)
{
    const uint8_t *nodes = frame_stack_nodes(plan->node);
    int error = ERROR_NO_MEMORY;

    if (plan->request->only_node)
        return allocate_in_node(plan->node, plan, physical);
    for (size_t i = 0; i < boot_info.node_count && error != OK; i++)
        error = allocate_in_node(nodes[i], plan, physical);
    return error;
}

/* Fills whole frames with zeros. Eight words at a time: a third of the instructions of memset(). */
static void zero_frames(uint64_t physical, uint64_t count)
{
    uint64_t *words = frames_pointer(physical);
    const uint64_t *end = words + count * (PAGE_SIZE / sizeof(*words));

    for (; words < end; words += 8) {
        words[0] = 0;
        words[1] = 0;
        words[2] = 0;
        words[3] = 0;
        words[4] = 0;
        words[5] = 0;
        words[6] = 0;
        words[7] = 0;
    }
}

int frames_allocate(const struct frame_request *request, uint64_t *physical)
{
    uint64_t taken = 0;
    struct plan plan;
    int error;

    if (!make_plan(request, &plan))
        return ERROR_INVALID_ARGUMENT;
    if (is_simple(&plan)) {
        error = frame_allocate(request->owner, &taken);
    } else {
        if (frames_injecting() && frames_injected())
            return ERROR_NO_MEMORY;
        error = allocate_anywhere(&plan, &taken);
        if (error != OK) {
            frames_drain();
            error = allocate_anywhere(&plan, &taken);
        }
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
        zone_give_run(zone, physical, count);
    }
}

void frames_free_at(const char *function, uint64_t physical, uint64_t count, uintptr_t caller)
{
    struct zone *zone = zone_find(physical);
    const char *wrong = NULL;

    if (zone == NULL) {
        frames_report(function, NULL, physical, count, caller);
        return;
    }
    spinlock_acquire(&zone->lock);
    wrong = frames_wrong(zone, physical, count);
    if (wrong == NULL)
        free_in_zone(zone, physical);
    spinlock_release(&zone->lock);
    if (wrong != NULL)
        frames_report(function, wrong, physical, count, caller);
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

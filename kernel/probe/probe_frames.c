/*
 * Probes for the whole frame allocator. What is allocated stays so from request to request.
 *
 *   frames.run STEPS
 *     STEPS is eight bytes for each step: what to do, a slot, flags, the alignment's power of two,
 *     an owner, and a count in three bytes, low byte first. A slot remembers one allocation.
 *       0 allocate       frames_allocate(): flags 1 low, 2 zeroed, 4 only the node, 8 the node in
 *                        bits 4 to 7; reports result and address
 *       1 free           frames_free() of the slot with the count it was allocated with
 *       2 allocate one   frame_allocate(); reports result and address
 *       3 free one       frame_free()
 *       4 fill           fills the slot's frames with a pattern
 *       5 look           reports how many of its words are not zero
 *       6 drain          frames_drain()
 *       7 reference      frame_reference()
 *       8 release        frame_release()
 *       9 fail           the count-th allocation from now on and all later ones fail; 0: none
 *      10 fill reserve   frame_reserve_fill(); reports result and how many frames it holds
 *      11 take reserve   frame_reserve_take() into the slot; reports the address
 *      12 empty reserve  frame_reserve_empty()
 *     A step on a slot that never held anything does nothing, but what it reports is UNTOUCHED.
 *     Fact: `results`, all that is reported.
 *   frames.hoard STEP LIMIT
 *     Does the step 0 or 2 of frames.run again and again, until it fails or LIMIT is reached.
 * Facts: `result`, the last one; `taken`, the addresses. frames.unhoard FIRST STRIDE Frees what
 * frames.hoard took: number FIRST and each one STRIDE after it, where still there. frames.count
 *     Facts: `node` for each node: usable, free, cached, metadata, partial_chunks; `owned`;
 *     `free_blocks`; and `mistakes`.
 *   frames.at ADDRESS...
 *     Fact `frame` for each: references, count and owner; nothing where there is none.
 */
#include "address_map/address_map.h"
#include "boot/boot.h"
#include "frames/frames.h"
#include "frames/injection.h"
#include "lib/string.h"
#include "probe/probe.h"

enum {
    ALLOCATE,
    FREE,
    ALLOCATE_ONE,
    FREE_ONE,
    FILL,
    LOOK,
    DRAIN,
    REFERENCE,
    RELEASE,
    FAIL,
    RESERVE_FILL,
    RESERVE_TAKE,
    RESERVE_EMPTY
};

enum { STEP_BYTES = 8, SLOTS = 256, RESULTS_MAX = 4096, HOARD_MAX = 16384 };

#define UNTOUCHED UINT64_C(0x5a5a5a5a5a5a5a5a)

struct step {
    unsigned action;
    unsigned slot;
    struct frame_request request;
};

static struct {
    uint64_t physical;
    size_t count;
} slots[SLOTS];

static struct frame_reserve reserve;
static uint64_t results[RESULTS_MAX];
static size_t result_count;

static uint64_t hoard[HOARD_MAX];
static size_t hoard_count, hoard_frames;

static void note(uint64_t number)
{
    if (result_count < RESULTS_MAX)
        results[result_count++] = number;
}

static struct step step_at(const char *bytes)
{
    const unsigned char *byte = (const unsigned char *)bytes;

    return (struct step){
        .action = byte[0],
        .slot = byte[1],
        .request = {
            .low = byte[2] & 1,
            .zeroed = byte[2] & 2,
            .only_node = byte[2] & 4,
            .has_node = byte[2] & 8,
            .node = byte[2] >> 4,
            .alignment = byte[3] == 0xff ? 3 * PAGE_SIZE : UINT64_C(1) << byte[3] % 64,
            .owner = (enum frame_owner)byte[4],
            .count = byte[5] | (size_t)byte[6] << 8 | (size_t)byte[7] << 16,
        }};
}

static int allocate(const struct step *step, uint64_t *physical)
{
    *physical = UNTOUCHED;
    if (step->action == ALLOCATE_ONE)
        return frame_allocate(step->request.owner, physical);
    return frames_allocate(&step->request, physical);
}

static void allocate_slot(const struct step *step)
{
    uint64_t physical;
    int result = allocate(step, &physical);

    note((uint64_t)result);
    note(physical);
    if (result == OK) {
        slots[step->slot].physical = physical;
        slots[step->slot].count = step->action == ALLOCATE_ONE ? 1 : step->request.count;
    }
}

static uint64_t *slot_words(unsigned slot, size_t *count)
{
    *count = slots[slot].count * (PAGE_SIZE / sizeof(uint64_t));
    return physical_pointer(slots[slot].physical);
}

static void fill_slot(unsigned slot)
{
    size_t count;
    uint64_t *words = slot_words(slot, &count);

    memset(words, 0xa5, count * sizeof(*words));
}

static void look_at_slot(unsigned slot)
{
    size_t count;
    const uint64_t *words = slot_words(slot, &count);
    uint64_t others = 0;

    for (size_t i = 0; i < count; i++)
        others += words[i] != 0;
    note(others);
}

static void do_reserve_step(const struct step *step)
{
    if (step->action == RESERVE_FILL) {
        note((uint64_t)frame_reserve_fill(&reserve, step->request.count));
        note(reserve.count);
    } else if (step->action == RESERVE_TAKE) {
        slots[step->slot].physical = frame_reserve_take(&reserve, step->request.owner);
        slots[step->slot].count = 1;
        note(slots[step->slot].physical);
    } else {
        frame_reserve_empty(&reserve);
    }
}

static void do_step(const struct step *step)
{
    uint64_t physical = slots[step->slot].physical;

    switch (step->action) {
    case ALLOCATE:
    case ALLOCATE_ONE:
        allocate_slot(step);
        break;
    case FREE:
        frames_free(physical, slots[step->slot].count);
        break;
    case FREE_ONE:
        frame_free(physical);
        break;
    case FILL:
        fill_slot(step->slot);
        break;
    case LOOK:
        look_at_slot(step->slot);
        break;
    case DRAIN:
        frames_drain();
        break;
    case REFERENCE:
        frame_reference(physical);
        break;
    case RELEASE:
        frame_release(physical);
        break;
    case FAIL:
        frames_fail_after(step->request.count != 0 ? step->request.count : UINT64_MAX);
        break;
    default:
        do_reserve_step(step);
    }
}

/* Whether a step has what it works on: a slot that was filled once, or frames in the reserve. */
static bool is_possible(const struct step *step)
{
    switch (step->action) {
    case FREE:
    case FREE_ONE:
    case FILL:
    case LOOK:
    case REFERENCE:
    case RELEASE:
        return slots[step->slot].count > 0;
    case RESERVE_TAKE:
        return reserve.count > 0;
    default:
        return true;
    }
}

static int run_steps(struct probe_request *request)
{
    char *bytes;
    size_t size;

    if (request->count != 1 || !probe_bytes(request, 0, &bytes, &size) || size % STEP_BYTES != 0)
        return ERROR_USAGE;
    result_count = 0;
    for (size_t at = 0; at < size; at += STEP_BYTES) {
        struct step step = step_at(bytes + at);
        if (step.action > RESERVE_EMPTY)
            return ERROR_USAGE;
        if (is_possible(&step))
            do_step(&step);
        else if (step.action == LOOK || step.action == RESERVE_TAKE)
            note(UNTOUCHED);
    }
    probe_fact_list(request, "results", results, result_count);
    return OK;
}
PROBE(frames_run)
= {.name = "frames.run", .run = run_steps};

static int run_hoard(struct probe_request *request)
{
    uint64_t limit;
    char *bytes;
    size_t size;
    int result = OK;

    if (request->count != 2 || !probe_bytes(request, 0, &bytes, &size) || size != STEP_BYTES ||
        !probe_number(request, 1, &limit))
        return ERROR_USAGE;
    struct step step = step_at(bytes);
    hoard_frames = step.action == ALLOCATE_ONE ? 0 : step.request.count;
    for (hoard_count = 0; hoard_count < HOARD_MAX && hoard_count < limit; hoard_count++) {
        result = allocate(&step, &hoard[hoard_count]);
        if (result != OK)
            break;
    }
    probe_fact_signed(request, "result", result);
    probe_fact_list(request, "taken", hoard, hoard_count);
    return OK;
}
PROBE(frames_hoard)
= {.name = "frames.hoard", .run = run_hoard};

static int run_unhoard(struct probe_request *request)
{
    uint64_t first, stride;

    if (request->count != 2 || !probe_number(request, 0, &first) ||
        !probe_number(request, 1, &stride) || stride == 0)
        return ERROR_USAGE;
    for (uint64_t i = first; i < hoard_count; i += stride) {
        if (hoard[i] == UNTOUCHED)
            continue;
        if (hoard_frames == 0)
            frame_free(hoard[i]);
        else
            frames_free(hoard[i], hoard_frames);
        hoard[i] = UNTOUCHED;
    }
    return OK;
}
PROBE(frames_unhoard)
= {.name = "frames.unhoard", .run = run_unhoard};

static int run_count(struct probe_request *request)
{
    struct frame_statistics sum;

    for (unsigned node = 0; frames_count(node, &sum) == OK; node++) {
        const uint64_t totals[] = {sum.usable, sum.free, sum.cached, sum.metadata,
                                   sum.partial_chunks};
        probe_fact_list(request, "node", totals, ARRAY_COUNT(totals));
        probe_fact_list(request, "owned", sum.owned, ARRAY_COUNT(sum.owned));
        probe_fact_list(request, "free_blocks", sum.free_blocks, ARRAY_COUNT(sum.free_blocks));
    }
    probe_fact(request, "mistakes", frames_mistakes());
    return OK;
}
PROBE(frames_count)
= {.name = "frames.count", .run = run_count};

static int run_at(struct probe_request *request)
{
    uint64_t physical;

    for (int i = 0; i < request->count; i++) {
        if (!probe_number(request, i, &physical))
            return ERROR_USAGE;
        const struct frame *frame = frame_at(physical);
        uint64_t facts[3] = {0};
        if (frame != NULL) {
            facts[0] = frame->references;
            facts[1] = frame->count;
            facts[2] = frame->owner;
        }
        probe_fact_list(request, "frame", facts, frame != NULL ? ARRAY_COUNT(facts) : 0);
    }
    return OK;
}
PROBE(frames_at)
= {.name = "frames.at", .run = run_at};

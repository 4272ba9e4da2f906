/*
 * Probes for the backtrace.
 *
 *   backtrace.walk IMAGE PLACE LOW HIGH FRAME MAX OFFSET...
 *     Puts IMAGE at PLACE within a stack of STACK_SIZE bytes, adds the stack's address to the words
 *     of the stack at each OFFSET, and walks from FRAME within the bounds LOW to HIGH. All of these
 *     are offsets into the stack; FRAME may be `=` and a number, for an address as it is. Facts:
 *     `count`; `addresses`; `overruns`, how many words behind the room for addresses were changed.
 *   backtrace.live TURNS DEPTH
 *     Calls DEPTH functions of its own on top of each other, live_left() for a set bit of TURNS and
 *     live_right() for a clear one, from bit 0 on, and walks the stack from the last of them. Fact:
 *     `addresses`.
 *   backtrace.frame
 *     Facts `next` and `return`: where a frame record's words lie.
 *
 * Pages without memory surround the stack: a read just outside it is a fault.
 */
#include "address_map/address_map.h"
#include "arch/stack.h"
#include "backtrace/backtrace.h"
#include "lib/string.h"
#include "lib/util.h"
#include "probe/probe.h"

enum { STACK_SIZE = 8192, MAX_ROOM = 64, ROOM_MARKS = 8, LIVE_DEPTH_MAX = 48 };

static struct {
    char guard_below[PAGE_SIZE];
    char stack[STACK_SIZE];
    char guard_above[PAGE_SIZE];
} place __attribute__((aligned(PAGE_SIZE)));

static uintptr_t addresses[MAX_ROOM + ROOM_MARKS];
static const uintptr_t address_mark = 0x5a5a5a5a5a5a5a5a;

/* Takes the guard pages out of the map, once. */
static void guard_stack(void)
{
    static bool done;

    if (done)
        return;
    boot_map_guard(place.guard_below);
    boot_map_guard(place.guard_above);
    done = true;
}

static void relocate(size_t offset)
{
    uint64_t word;

    memcpy(&word, place.stack + offset, sizeof(word));
    word += (uintptr_t)place.stack;
    memcpy(place.stack + offset, &word, sizeof(word));
}

/* Fills the stack as the request says. */
static bool build_stack(const struct probe_request *request, int first_offset)
{
    char *image;
    size_t size;
    uint64_t at, offset;

    if (!probe_bytes(request, 0, &image, &size) || !probe_number(request, 1, &at) ||
        !range_within(at, size, STACK_SIZE))
        return false;
    memset(place.stack, 0, STACK_SIZE);
    memcpy(place.stack + at, image, size);
    for (int i = first_offset; i < request->count; i++) {
        if (!probe_number(request, i, &offset) ||
            !range_within(offset, sizeof(uint64_t), STACK_SIZE))
            return false;
        relocate(offset);
    }
    return true;
}

/* Reads the frame pointer: "=0x10" as it is, "16" relative to the stack. */
static bool parse_frame(const char *word, uintptr_t *frame)
{
    bool absolute = *word == '=';
    unsigned long long number;

    if (!string_to_number(word + absolute, &number))
        return false;
    *frame = number + (absolute ? 0 : (uintptr_t)place.stack);
    return true;
}

static void report_addresses(const struct probe_request *request, size_t count)
{
    _Static_assert(sizeof(addresses[0]) == sizeof(uint64_t), "addresses are reported as numbers");
    probe_fact_list(request, "addresses", (const uint64_t *)addresses,
                    count < MAX_ROOM ? count : MAX_ROOM);
}

static int run_walk(struct probe_request *request)
{
    enum { LOW = 2, HIGH, FRAME, MAX, FIRST_OFFSET };
    uint64_t low, high, max;
    uintptr_t frame;
    size_t overruns = 0;

    guard_stack();
    if (request->count < FIRST_OFFSET || !build_stack(request, FIRST_OFFSET) ||
        !probe_number(request, LOW, &low) || !probe_number(request, HIGH, &high) ||
        !parse_frame(request->words[FRAME], &frame) || !probe_number(request, MAX, &max) ||
        low > high || high > STACK_SIZE || max > MAX_ROOM)
        return ERROR_USAGE;
    struct stack_bounds bounds = {(uintptr_t)place.stack + low, (uintptr_t)place.stack + high};
    for (size_t i = 0; i < ARRAY_COUNT(addresses); i++)
        addresses[i] = address_mark;

    probe_count_begin();
    size_t count = backtrace_walk(&bounds, frame, addresses, max);
    probe_count_end();

    for (size_t i = max; i < ARRAY_COUNT(addresses); i++)
        overruns += addresses[i] != address_mark;
    probe_fact(request, "count", count);
    report_addresses(request, count);
    probe_fact(request, "overruns", overruns);
    return OK;
}
PROBE(backtrace_walk)
= {.name = "backtrace.walk", .run = run_walk};

/* Where the live walk stands; each function leaves a different trace, so that none is merged. */
static struct {
    uint64_t turns;
    uint64_t depth;
    size_t count;
    volatile unsigned left, right;
} live;

static void descend(uint64_t level);

__attribute__((noinline, noclone)) static void live_left(uint64_t level)
{
    descend(level + 1);
    live.left++;
}

__attribute__((noinline, noclone)) static void live_right(uint64_t level)
{
    descend(level + 1);
    live.right++;
}

__attribute__((noinline, noclone)) static void walk_from_here(void)
{
    struct stack_bounds bounds;
    uintptr_t frame = stack_frame_pointer();

    if (backtrace_find_stack(frame, &bounds) == OK)
        live.count = backtrace_walk(&bounds, frame, addresses, MAX_ROOM);
}

__attribute__((always_inline)) static inline void descend(uint64_t level)
{
    if (level == live.depth)
        walk_from_here();
    else if ((live.turns >> level & 1) != 0)
        live_left(level);
    else
        live_right(level);
}

static int run_live(struct probe_request *request)
{
    if (request->count != 2 || !probe_number(request, 0, &live.turns) ||
        !probe_number(request, 1, &live.depth) || live.depth > LIVE_DEPTH_MAX)
        return ERROR_USAGE;
    live.count = 0;
    descend(0);
    report_addresses(request, live.count);
    return OK;
}
PROBE(backtrace_live)
= {.name = "backtrace.live", .run = run_live};

static int run_frame(struct probe_request *request)
{
    probe_fact_signed(request, "next", FRAME_NEXT_OFFSET);
    probe_fact_signed(request, "return", FRAME_RETURN_OFFSET);
    return OK;
}
PROBE(backtrace_frame)
= {.name = "backtrace.frame", .run = run_frame};

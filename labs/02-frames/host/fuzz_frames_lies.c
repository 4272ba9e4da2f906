/*
 * Fuzzing the frame allocator on top of exercises that are wrong: the functions of 2.1, 2.2, 2.4
 * and 2.5 are the true ones, but now and then they answer nonsense. What can be seen to be wrong
 * must be refused and reported, once; no frame is given out twice, and nobody else's memory is
 * touched.
 *
 * Frames may be lost on the way, so there is no end at which all must be free.
 */
#include <string.h>

#include "address_map/address_map.h"
#include "cairn/error.h"
#include "frames/bitmap.h"
#include "frames/frame_stack.h"
#include "frames/node_order.h"
#include "frames_model.h"

/* The true ones, under other names. */
#define chunk_find_run    true_find_run
#define chunk_longest_run true_longest_run
#define buddy_take        true_buddy_take
#define frame_cache_take  true_frame_cache_take
#define frame_cache_give  true_frame_cache_give
size_t true_find_run(const uint64_t *free, size_t count, size_t alignment);
size_t true_longest_run(const uint64_t *free);
int true_buddy_take(struct buddy *buddy, unsigned order, uint64_t *chunk);
int true_frame_cache_take(struct frame_cache *cache, uint64_t *physical);
void true_frame_cache_give(struct frame_cache *cache, uint64_t physical);
#include "../../../kernel/frames/buddy_take.c"
#include "../../../kernel/frames/chunk_run.c"
#include "../../../kernel/frames/frame_cache.c"
#undef chunk_find_run
#undef chunk_longest_run
#undef buddy_take
#undef frame_cache_take
#undef frame_cache_give

int machine_frames_init(void);

static struct bytes input;
static bool may_lie;

/* One call in 16 lies, while the allocator is at work. */
static bool lies(void)
{
    return may_lie && bytes_take(&input) % 16 == 1;
}

/* Memory in use, or what is no memory: nobody can see of a free frame that it is the wrong one. */
static uint64_t nonsense(void)
{
    uint64_t physical = MACHINE_END + bytes_below(&input, UINT64_MAX - MACHINE_END);

    if (live_count > 0 && bytes_take(&input) % 2 == 0)
        return live[bytes_below(&input, live_count)].physical;
    return physical;
}

/* What can't be given back: also memory beside the allocator's own, as the kernel's. */
static uint64_t more_nonsense(void)
{
    uint64_t physical = bytes_below(&input, MACHINE_END / PAGE_SIZE) * PAGE_SIZE;

    return model_is_managed(physical) ? nonsense() : physical;
}

size_t chunk_find_run(const uint64_t *free, size_t count, size_t alignment)
{
    return lies() ? bytes_below(&input, 2 * CHUNK_FRAMES) : true_find_run(free, count, alignment);
}

size_t chunk_longest_run(const uint64_t *free)
{
    return lies() ? bytes_below(&input, 2 * CHUNK_FRAMES) : true_longest_run(free);
}

int buddy_take(struct buddy *buddy, unsigned order, uint64_t *chunk)
{
    if (!lies())
        return true_buddy_take(buddy, order, chunk);
    /* Outside of the zone, free, or not aligned. */
    *chunk = buddy->first + bytes_below(&input, 2 * buddy->count);
    if (*chunk - buddy->first < buddy->count && buddy->states[*chunk - buddy->first] == 0)
        *chunk = order > 0 ? *chunk | 1 : buddy->first - 1;
    return OK;
}

int frame_cache_take(struct frame_cache *cache, uint64_t *physical)
{
    if (!lies())
        return true_frame_cache_take(cache, physical);
    *physical = nonsense();
    return OK;
}

void frame_cache_give(struct frame_cache *cache, uint64_t physical)
{
    true_frame_cache_give(cache, physical);
    if (lies()) {
        uint64_t frames[] = {nonsense(), more_nonsense()};
        cache->source->give(frames, 2);
    }
}

/* Nodes with odd numbers ask nobody in any order. */
void node_order(const uint8_t distance[][BOOT_NODES], size_t count, unsigned node, unsigned *order)
{
    (void)distance;
    for (unsigned i = 0; i < count; i++)
        order[i] = node % 2 != 0 ? node + i : (node + i) % (unsigned)count;
}

static void allocate(void)
{
    static const uint64_t sizes[] = {1, 1, 1, 2, 7, 64, 300, 511, 512, 1024, 1500, 4096};
    struct frame_request request = {.count = sizes[bytes_take(&input) % ARRAY_COUNT(sizes)],
                                    .owner = FRAME_KERNEL};
    uint64_t physical;

    if (live_count == LIVE_MAX)
        return;
    request.alignment = bytes_take(&input) % 4 == 0 ? CHUNK_SIZE / 4 : 0;
    may_lie = true;
    int error = frames_allocate(&request, &physical);
    may_lie = false;
    if (error != OK)
        return;
    add_live(physical, request.count, request.owner);
}

static void free_one(void)
{
    uint64_t before = frames_mistakes();

    if (live_count == 0)
        return;
    size_t index = bytes_below(&input, live_count);
    struct live entry = live[index];
    check_mark(&entry);
    forget_live(index);
    may_lie = true;
    if (entry.count == 1)
        frame_free(entry.physical);
    else
        frames_free(entry.physical, entry.count);
    may_lie = false;
    REQUIRE(frames_mistakes() == before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool was_reported;

    input = (struct bytes){data, size};
    machine_forget();
    while (input.left > 0) {
        uint8_t kind = bytes_take(&input);
        if (kind % 2 == 0)
            allocate();
        else
            free_one();
        if (kind == 255)
            frames_drain();
        machine_count(1);
    }
    /* Only the first one is reported. */
    REQUIRE(!was_reported || !machine_said("which can't be right"));
    was_reported = was_reported || machine_said("which can't be right");
    input.left = 0;
    while (live_count > 0)
        free_one();
    REQUIRE(machine_interrupts_on);
    return 0;
}

int LLVMFuzzerInitialize(int *count, char ***words)
{
    uint64_t physical;
    size_t learnt = 0;
    static uint64_t all[MACHINE_END / PAGE_SIZE];

    (void)count;
    (void)words;
    machine_start();
    REQUIRE(machine_frames_init() == OK);
    machine_check_start();
    REQUIRE(machine_said("in no particular order") == (boot_info.node_count > 1));
    while (frame_allocate(FRAME_KERNEL, &physical) == OK) {
        model_learn(physical);
        all[learnt++] = physical;
    }
    while (learnt > 0)
        frame_free(all[--learnt]);
    return 0;
}

/*
 * Fuzzing what changed pages and identifiers go through, each against a simple model: the batch of
 * exercise 4.4 and the pool of exercise 4.5. The first byte of the input chooses.
 */
#include <string.h>

#include "fuzz.h"
#include "tlb/identifier.h"
#include "tlb/tlb_batch.h"

/* --- tlb_batch.h -------------------------------------------------------------------------------
 */

enum { NOTED_MAX = TLB_BATCH_PAGES + 1, SERIALS = 4096, DEPTH_MAX = 8 };

/* Frames and pages have numbers from 1 on, in the order in which they come. */
static struct model {
    struct tlb_batch batch;
    struct input *input;
    uint64_t noted[NOTED_MAX]; /* and not forgotten yet; the first ones */
    size_t noted_count;
    uint64_t next_page;
    uint64_t next_frame;
    bool held[SERIALS]; /* by the frame's number */
    size_t held_count;
    uint64_t last_released; /* in order, as long as release() gives nothing */
    bool reacted;
    bool must_flush; /* pages were noted before the releases that come now */
    unsigned depth;
} model;

static void note_page(void)
{
    if (model.noted_count < NOTED_MAX)
        model.noted[model.noted_count] = model.next_page;
    model.noted_count++;
    tlb_batch_page(&model.batch, model.next_page++);
}

static void give_frame(void)
{
    if (model.next_frame == SERIALS)
        return;
    uint64_t frame = model.next_frame++;
    model.must_flush = model.noted_count > 0;
    tlb_batch_free(&model.batch, frame);
    model.held[frame] = true;
    model.held_count++;
    model.must_flush = false;
    CHECK(model.batch.frame_count <= TLB_BATCH_FRAMES);
}

static void finish(void)
{
    model.must_flush = model.noted_count > 0;
    tlb_batch_finish(&model.batch);
    model.must_flush = false;
}

static void forget_pages(void *context, const uint64_t *pages, size_t count)
{
    CHECK(context == &model && count > 0 && count == model.noted_count && count <= TLB_BATCH_PAGES);
    CHECK(memcmp(pages, model.noted, count * sizeof(*pages)) == 0);
    model.noted_count = 0;
    model.must_flush = false;
}

static void forget_everything(void *context)
{
    CHECK(context == &model && model.noted_count > TLB_BATCH_PAGES);
    model.noted_count = 0;
    model.must_flush = false;
}

static void release(void *context, uint64_t frame)
{
    CHECK(context == &model && !model.must_flush && frame < SERIALS && model.held[frame]);
    CHECK(model.reacted || frame == model.last_released + 1);
    model.held[frame] = false;
    model.held_count--;
    model.last_released = frame;
    unsigned choice = take(model.input);
    if (choice < 240 || model.depth == DEPTH_MAX)
        return;
    model.depth++;
    model.reacted = true;
    if (choice % 3 == 0)
        note_page();
    else if (choice % 3 == 1)
        give_frame();
    else
        finish();
    model.depth--;
}

static const struct tlb_flusher flusher = {
    .pages = forget_pages,
    .everything = forget_everything,
    .release = release,
};

static void try_batch(struct input *input)
{
    memset(&model, 0, sizeof(model));
    model.input = input;
    model.next_page = model.next_frame = 1;
    tlb_batch_begin(&model.batch, &flusher, &model);
    while (input->at != input->end) {
        unsigned choice = take(input);
        operations++;
        if (choice < 100)
            note_page();
        else if (choice < 200)
            give_frame();
        else if (choice < 230)
            for (unsigned i = choice - 190; i > 0; i--)
                choice % 2 == 0 ? note_page() : give_frame();
        else
            finish();
    }
    /* The input is at its end, so no release() gives anything any more. */
    finish();
    CHECK(model.held_count == 0 && model.noted_count == 0 && model.batch.frame_count == 0 &&
          model.batch.page_count == 0 && !model.batch.everything);
}

/* --- identifier.h ------------------------------------------------------------------------------
 */

enum { COUNT_MAX = 300, PROCESSORS_MAX = 8, HOLDERS = 400 };

static struct {
    struct identifier_holder holders[HOLDERS];
    struct identifier_holder *running[PROCESSORS_MAX];
    bool must_flush[PROCESSORS_MAX];
    bool used[COUNT_MAX];
    uint64_t generation;
    uint32_t next;
} should;

static struct identifier_holder holders[HOLDERS];
static struct identifier_holder *running[PROCESSORS_MAX];

static uint32_t slow_find(uint32_t first, uint32_t count)
{
    for (uint32_t i = first; i < count; i++) {
        if (!should.used[i])
            return i;
    }
    return 0;
}

static void slow_begin(const struct identifier_pool *pool)
{
    memset(should.used, 0, sizeof(should.used));
    for (size_t i = 0; i < pool->processor_count; i++) {
        should.must_flush[i] = true;
        if (should.running[i] != NULL && should.running[i]->generation == should.generation)
            should.used[should.running[i]->identifier] = true;
    }
    for (size_t i = 0; i < pool->processor_count; i++) {
        if (should.running[i] != NULL && should.running[i]->generation == should.generation)
            should.running[i]->generation = UINT64_MAX;
    }
    should.generation++;
    for (size_t i = 0; i < HOLDERS; i++) {
        if (should.holders[i].generation == UINT64_MAX)
            should.holders[i].generation = should.generation;
    }
}

static bool slow_assign(const struct identifier_pool *pool, struct identifier_holder *holder)
{
    bool began = false;

    if (holder->generation == should.generation)
        return false;
    uint32_t found = slow_find(should.next, pool->count);
    if (found == 0)
        found = slow_find(1, pool->count);
    if (found == 0) {
        slow_begin(pool);
        found = slow_find(1, pool->count);
        began = true;
    }
    should.used[found] = true;
    *holder = (struct identifier_holder){should.generation, (uint16_t)found};
    should.next = found + 1 == pool->count ? 1 : found + 1;
    return began;
}

static void compare(const struct identifier_pool *pool)
{
    CHECK(pool->generation == should.generation && pool->next == should.next);
    for (size_t i = 0; i < HOLDERS; i++)
        CHECK(holders[i].generation == should.holders[i].generation &&
              holders[i].identifier == should.holders[i].identifier);
    for (size_t i = 0; i < pool->processor_count; i++)
        CHECK(pool->must_flush[i] == should.must_flush[i]);
    for (uint32_t i = 1; i < pool->count; i++)
        CHECK((pool->used[i / 64] >> i % 64 & 1) == should.used[i]);
}

static void try_pool(struct input *input)
{
    uint32_t processors = 1 + take(input) % PROCESSORS_MAX;
    uint32_t count = 2 * processors + 1 + take(input) % (COUNT_MAX - 2 * PROCESSORS_MAX);
    bool must_flush[PROCESSORS_MAX] = {false};
    uint64_t generation = 1 + take(input);
    /* Of the least size, so that every access beyond it is seen. */
    uint64_t *used = calloc((count + 63) / 64, sizeof(*used));
    struct identifier_pool pool = {.count = count,
                                   .next = 1 + take(input) % (count - 1),
                                   .generation = generation,
                                   .processor_count = processors,
                                   .running = running,
                                   .must_flush = must_flush,
                                   .used = used};

    memset(&should, 0, sizeof(should));
    memset(holders, 0, sizeof(holders));
    memset(running, 0, sizeof(running));
    should.generation = generation;
    should.next = pool.next;
    while (input->at != input->end) {
        unsigned choice = take(input);
        unsigned index = (take(input) | take(input) << 8) % HOLDERS;
        unsigned processor = choice % processors;
        operations++;
        if (choice < 200) {
            running[processor] = &holders[index];
            should.running[processor] = &should.holders[index];
            bool expected = slow_assign(&pool, &should.holders[index]);
            CHECK(identifier_assign(&pool, &holders[index]) == expected);
            must_flush[processor] = should.must_flush[processor] = false;
        } else if (choice < 230) {
            running[processor] = should.running[processor] = NULL;
        } else {
            holders[index].generation = should.holders[index].generation = 0;
        }
        compare(&pool);
    }
    free(used);
}

/* --- the fuzzer's calls ------------------------------------------------------------------------
 */

int LLVMFuzzerInitialize(int *count, char ***words)
{
    (void)count;
    (void)words;
    (void)atexit(print_operations);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct input input = {bytes, bytes + size};

    if (take(&input) % 2 == 0)
        try_batch(&input);
    else
        try_pool(&input);
    return 0;
}

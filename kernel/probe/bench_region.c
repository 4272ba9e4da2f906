/*
 * What is measured of regions and memory objects: see bench.h. Regions are looked up in trees of 10
 * to 100,000, to see that the cost grows with the tree's height only.
 */
#include "address_map/address_map.h"
#include "cairn/error.h"
#include "frames/frames.h"
#include "memory_object/memory_object.h"
#include "probe/bench.h"
#include "probe/probe.h"
#include "region/region.h"

/* As in bench.toml. */
enum { TIMES = 64, CLONE_PAGES = 1000 };

/* A region has one page, and two to nine pages are free behind it. */
#define SPACING (16 * PAGE_SIZE)

static struct region_tree tree;
static struct region *regions;
static uint64_t physical;

static uint64_t draw(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

static bool make_tree(size_t count)
{
    const struct frame_request request = {.count = count * sizeof(struct region) / PAGE_SIZE + 1,
                                          .owner = FRAME_KERNEL};
    uint64_t state = count;
    int error = frames_allocate(&request, &physical);

    if (error != OK) {
        bench_fail(error);
        return false;
    }
    regions = physical_pointer(physical);
    tree = (struct region_tree){0};
    for (size_t i = 0; i < count; i++) {
        regions[i].start = (i + 1) * SPACING;
        regions[i].end = regions[i].start + (7 + draw(&state) % 8) * PAGE_SIZE;
        (void)region_insert(&tree, &regions[i]);
    }
    return true;
}

static void end_tree(size_t count)
{
    frames_free(physical, count * sizeof(struct region) / PAGE_SIZE + 1);
}

/* Runs something on a tree of `count` regions, with numbers below it. */
static void measure(size_t count, void (*run)(size_t number))
{
    uint64_t state = 1;

    if (!make_tree(count))
        return;
    for (unsigned i = 0; i < TIMES; i++) {
        size_t number = draw(&state) % count;
        probe_count_begin();
        run(number);
        probe_count_end();
    }
    end_tree(count);
}

static void find(size_t number)
{
    if (region_at_or_above(&tree, (number + 1) * SPACING) != &regions[number])
        bench_fail(ERROR_NOT_FOUND);
}

static void find_gap(size_t number)
{
    const struct region_wish wish = {.low = (number + 1) * SPACING,
                                     .high = UINT64_C(1) << 47,
                                     .size = 9 * PAGE_SIZE,
                                     .alignment = PAGE_SIZE};
    uint64_t start;
    int error = region_find_gap(&tree, &wish, &start);

    if (error != OK)
        bench_fail(error);
}

static void remove_and_insert(size_t number)
{
    region_remove(&tree, &regions[number]);
    if (region_insert(&tree, &regions[number]) != OK)
        bench_fail(ERROR_EXISTS);
}

#define CURVE(count)                                                                               \
    static void bench_find_##count(void)                                                           \
    {                                                                                              \
        measure(count, find);                                                                      \
    }                                                                                              \
    BENCH_OPERATION(region_find_##count) = {                                                       \
        .name = "region_find_" #count, .run = bench_find_##count, .counts_itself = true};          \
    static void bench_gap_##count(void)                                                            \
    {                                                                                              \
        measure(count, find_gap);                                                                  \
    }                                                                                              \
    BENCH_OPERATION(region_gap_##count) = {                                                        \
        .name = "region_gap_" #count, .run = bench_gap_##count, .counts_itself = true};            \
    static void bench_change_##count(void)                                                         \
    {                                                                                              \
        measure(count, remove_and_insert);                                                         \
    }                                                                                              \
    BENCH_OPERATION(region_change_##count) = {                                                     \
        .name = "region_change_" #count, .run = bench_change_##count, .counts_itself = true}

CURVE(10);
CURVE(100);
CURVE(1000);
CURVE(10000);
CURVE(100000);

/* Gets one page of an object. */
static int get(struct memory_object *object, uint64_t number, struct object_page *page)
{
    spinlock_acquire(&object->lock);
    int error = object_page_get(object, number, true, page);
    spinlock_release(&object->lock);
    return error;
}

/* An object of `pages` pages that are all there; NULL after a failure. */
static struct memory_object *make_object(uint64_t pages)
{
    struct memory_object *object;
    struct object_page page;
    int error = memory_object_create(pages * PAGE_SIZE, 0, &object);

    if (error != OK) {
        bench_fail(error);
        return NULL;
    }
    for (uint64_t i = 0; i < pages && error == OK; i++)
        error = get(object, i, &page);
    if (error != OK)
        bench_fail(error);
    return object;
}

static void bench_object_clone(void)
{
    struct memory_object *object = make_object(CLONE_PAGES), *clone;

    if (object == NULL)
        return;
    for (unsigned i = 0; i < 2; i++) { /* the first one makes slabs */
        if (i > 0)
            probe_count_begin();
        int error = memory_object_clone(object, &clone);
        if (i > 0)
            probe_count_end();
        if (error == OK)
            memory_object_release(clone);
        else
            bench_fail(error);
    }
    memory_object_release(object);
}
BENCH_OPERATION(object_clone) = {
    .name = "object_clone", .run = bench_object_clone, .counts_itself = true};

static void bench_page_zeros(void)
{
    struct memory_object *object = make_object(1);
    struct object_page page;

    if (object == NULL)
        return;
    probe_count_begin();
    for (unsigned i = 0; i < TIMES; i++) {
        int error = get(object, 0, &page);
        if (error != OK)
            bench_fail(error);
        frame_release(page_index_remove(&object->index, 0));
    }
    probe_count_end();
    memory_object_release(object);
}
BENCH_OPERATION(page_zeros) = {
    .name = "page_zeros", .run = bench_page_zeros, .counts_itself = true};

static void bench_page_copy(void)
{
    struct memory_object *object = make_object(TIMES), *clone;
    struct object_page page;

    if (object == NULL || memory_object_clone(object, &clone) != OK) {
        bench_fail(ERROR_NO_MEMORY);
        return;
    }
    probe_count_begin();
    for (unsigned i = 0; i < TIMES; i++) {
        int error = get(clone, i, &page);
        if (error != OK)
            bench_fail(error);
        frame_release(page.replaced);
    }
    probe_count_end();
    memory_object_release(clone);
    memory_object_release(object);
}
BENCH_OPERATION(page_copy) = {.name = "page_copy", .run = bench_page_copy, .counts_itself = true};

/*
 * What is measured of address spaces: see bench.h. Page tables and page indices are there already
 * where a fault is counted; it is taken by writing a byte to user memory. What the same writing
 * takes where nothing faults is subtracted.
 */
#include "address_space/address_space.h"
#include "cairn/error.h"
#include "lib/string.h"
#include "probe/bench.h"
#include "probe/probe.h"
#include "user_memory/user_memory.h"

/* As in bench.toml. */
enum { TIMES = 32, CLONE_PAGES = 1000, OBJECT_PAGES = 1 << 15 };

#define HERE           (UINT64_C(1) << 32)
#define READ_AND_WRITE (PAGE_READ | PAGE_WRITE)

static void check(int error)
{
    if (error != OK)
        bench_fail(error);
}

static void touch(uint64_t address)
{
    check(user_copy_out((USER void *)(uintptr_t)address, "", 1));
}

static void map_at(struct address_space *space, uint64_t address, uint64_t size)
{
    const struct map_request request = {
        .size = size, .flags = READ_AND_WRITE | REGION_PRIVATE, .fixed = true, .address = address};
    uint64_t place;

    check(address_space_map(space, &request, &place));
}

/* Makes a space with one region, and runs with it. @return it, or NULL */
static struct address_space *begin(uint64_t pages)
{
    struct address_space *space = NULL;
    int error = address_space_create(&space);

    if (error != OK) {
        bench_fail(error);
        return NULL;
    }
    map_at(space, HERE, pages * PAGE_SIZE);
    address_space_switch(space);
    touch(HERE);
    return space;
}

static void end(struct address_space *space)
{
    address_space_switch(NULL);
    address_space_release(space);
}

static void touch_pages(uint64_t first)
{
    for (uint64_t i = first; i < first + TIMES; i++)
        touch(HERE + i * PAGE_SIZE);
}

/* Each page faults the first time. */
static void count_touches(uint64_t first)
{
    probe_count_begin();
    touch_pages(first);
    probe_count_end();
    probe_count_begin();
    touch_pages(first);
    probe_count_subtract();
}

static void bench_fault_anonymous(void)
{
    struct address_space *space = begin(TIMES + 1);

    if (space == NULL)
        return;
    count_touches(1);
    end(space);
}
BENCH_OPERATION(fault_anonymous) = {
    .name = "fault_anonymous", .run = bench_fault_anonymous, .counts_itself = true};

/* Clones the space, when its first pages have been touched. */
static void bench_clone_and(uint64_t pages, void (*operation)(struct address_space *space))
{
    struct address_space *space = begin(pages);

    if (space == NULL)
        return;
    for (uint64_t i = 1; i < pages; i++)
        touch(HERE + i * PAGE_SIZE);
    operation(space);
    end(space);
}

/* Each page is mapped for reading, and shared with the clone. */
static void count_copies(struct address_space *space)
{
    struct address_space *clone = NULL;
    char byte;

    check(address_space_clone(space, &clone));
    for (uint64_t i = 0; i < TIMES; i++)
        check(user_copy_in(&byte, (const USER void *)(uintptr_t)(HERE + i * PAGE_SIZE), 1));
    count_touches(0);
    if (clone != NULL)
        address_space_release(clone);
}

static void bench_fault_copy(void)
{
    bench_clone_and(TIMES, count_copies);
}
BENCH_OPERATION(fault_copy) = {
    .name = "fault_copy", .run = bench_fault_copy, .counts_itself = true};

static void count_clone(struct address_space *space)
{
    struct address_space *clone = NULL;

    probe_count_begin();
    int error = address_space_clone(space, &clone);
    probe_count_end();
    check(error);
    if (error == OK)
        address_space_release(clone);
}

static void bench_clone(void)
{
    bench_clone_and(CLONE_PAGES, count_clone);
}
BENCH_OPERATION(space_clone) = {.name = "space_clone", .run = bench_clone, .counts_itself = true};

/* Maps a page of an object, and takes it away untouched. */
static void map_and_unmap(bool fixed)
{
    struct address_space *space = begin(1);
    struct map_request request = {
        .size = PAGE_SIZE, .flags = READ_AND_WRITE, .fixed = fixed, .address = HERE + GIB};
    uint64_t place;
    int error = memory_object_create(PAGE_SIZE, 0, &request.object);

    check(error);
    if (space == NULL || error != OK)
        return;
    probe_count_begin();
    for (unsigned i = 0; i < TIMES; i++) {
        error = address_space_map(space, &request, &place);
        check(error == OK ? address_space_unmap(space, place, PAGE_SIZE) : error);
    }
    probe_count_end();
    memory_object_release(request.object);
    end(space);
}

static void bench_map_unmap(void)
{
    map_and_unmap(true);
}
BENCH_OPERATION(space_map) = {.name = "space_map", .run = bench_map_unmap, .counts_itself = true};

static void bench_map_anywhere(void)
{
    map_and_unmap(false);
}
BENCH_OPERATION(space_map_anywhere) = {
    .name = "space_map_anywhere", .run = bench_map_anywhere, .counts_itself = true};

/* Every second page is a region of its own, all of the same object. */
static void map_regions(struct address_space *space, struct memory_object *object, uint64_t count)
{
    struct map_request request = {
        .size = PAGE_SIZE, .flags = READ_AND_WRITE, .object = object, .fixed = true};
    uint64_t place;

    for (uint64_t i = 0; i < count; i++) {
        request.offset = i % OBJECT_PAGES * PAGE_SIZE;
        request.address = HERE + GIB + 2 * i * PAGE_SIZE;
        check(address_space_map(space, &request, &place));
    }
}

/* Faults in regions here and there; their neighbours have been touched. */
static void count_faults(uint64_t count)
{
    for (uint64_t i = 0; i < TIMES; i++) {
        uint64_t number = i * UINT64_C(2654435761) % (count / 2) * 2;
        uint64_t address = HERE + GIB + 2 * (number + 1) * PAGE_SIZE;
        touch(HERE + GIB + 2 * number * PAGE_SIZE);
        probe_count_begin();
        touch(address);
        probe_count_end();
        probe_count_begin();
        touch(address);
        probe_count_subtract();
    }
}

static void fault_in_regions(uint64_t count)
{
    struct memory_object *object;
    struct address_space *space = begin(1);

    if (space == NULL)
        return;
    int error = memory_object_create(OBJECT_PAGES * PAGE_SIZE, 0, &object);
    check(error);
    if (error == OK) {
        map_regions(space, object, count);
        memory_object_release(object);
        count_faults(count);
    }
    end(space);
}

#define BENCH_REGIONS(number)                                                                      \
    static void bench_regions_##number(void)                                                       \
    {                                                                                              \
        fault_in_regions(number);                                                                  \
    }                                                                                              \
    BENCH_OPERATION(fault_regions_##number) = {                                                    \
        .name = "fault_regions_" #number, .run = bench_regions_##number, .counts_itself = true}

BENCH_REGIONS(100);
BENCH_REGIONS(1000);
BENCH_REGIONS(10000);
BENCH_REGIONS(100000);

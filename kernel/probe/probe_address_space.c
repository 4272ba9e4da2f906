/*
 * Probe space.run: address spaces at work, and user memory through user_copy_in() and _out().
 *
 *   space.run STEPS
 *
 * STEPS are of STEP_BYTES each, little-endian: what to do (enum action); the number of an address
 * space; of an object, or another space (1 byte each); of a place (1 byte); flags (4 bytes); an
 * address, a size, an offset and an alignment (8 bytes each). Spaces, objects and places are
 * remembered from one request to the next; NONE stands for none. Addresses count from the place,
 * where MAP has put something, or from 0. Facts: `results`, a number for each step; what an action
 * reports besides (probe_space_report.c).
 */
#include "cairn/error.h"
#include "frames/injection.h"
#include "heap/heap.h"
#include "lib/string.h"
#include "probe/probe_space.h"
#include "user_memory/user_memory.h"

enum action {
    CREATE,
    RELEASE,
    CLONE,          /* to the other space */
    SWITCH,         /* to the space, or to none */
    OBJECT,         /* makes an object of zeros; the size, flags: the level */
    OBJECT_WINDOW,  /* makes one of physical addresses: the size at the offset of the window */
    OBJECT_RELEASE, /* the probe's own reference */
    MAP,            /* flags: the region's; 1 << 16 when fixed; to the place, unless fixed */
    UNMAP,
    PROTECT,  /* flags: the rights */
    FAULT,    /* flags: the access */
    WRITE,    /* user_copy_out() of so many bytes, which follow from the offset */
    READ,     /* user_copy_in(); reports the bytes' checksum */
    FILL,     /* user_copy_out() of a byte to each of so many pages, until that fails; how many */
    REGIONS,  /* reports all regions; how many */
    MAPPING,  /* reports what the page tables say of the address */
    PRUNE,    /* address_space_prune() */
    COUNT,    /* reports what is in use */
    SHRINK,   /* heap_shrink() */
    WANDER,   /* maps a page, touches and unmaps it, so many times, each 2 MiB further; how often */
    TRY_HARD, /* does the next step while 1, 2, ... allocations succeed, until it does; reports
                 checksums of the regions: the first, and each that a failure changes */
    ACTIONS
};

enum {
    STEP_BYTES = 40,
    STEPS_MAX = PROBE_LINE_MAX / STEP_BYTES / 2,
    FIXED = 1 << 16,
    TRIES_MAX = 300,
    SUMS_MAX = 8,
};

/* What user memory is copied to and from. */
static unsigned char buffer[PROBE_SPACE_COPY_MAX + sizeof(uint64_t)];

static uint64_t bytes_of(uint64_t seed, size_t size)
{
    for (size_t i = 0; i < size; i += sizeof(seed)) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        memcpy(buffer + i, &seed, sizeof(seed));
    }
    return size;
}

static USER void *user_pointer(uint64_t address)
{
    return (USER void *)(uintptr_t)address;
}

static void run_in(struct address_space *space)
{
    if (address_space_running() != space)
        address_space_switch(space);
}

static int run_copy(struct probe_space *probe, const struct probe_space_step *step)
{
    size_t size = step->size < PROBE_SPACE_COPY_MAX ? step->size : PROBE_SPACE_COPY_MAX;

    run_in(probe_space_of(probe, step->space));
    if (step->action == WRITE)
        return user_copy_out(user_pointer(step->address), buffer, bytes_of(step->offset, size));
    memset(buffer, 0xee, size);
    int error = user_copy_in(buffer, user_pointer(step->address), size);
    if (error == OK)
        probe_space_report_bytes(probe, buffer, size);
    return error;
}

static int run_fill(const struct probe_space *probe, const struct probe_space_step *step)
{
    int pages = 0;

    run_in(probe_space_of(probe, step->space));
    while ((uint64_t)pages < step->size &&
           user_copy_out(user_pointer(step->address + (uint64_t)pages * PAGE_SIZE), "", 1) == OK)
        pages++;
    return pages;
}

static int run_map(struct probe_space *probe, struct address_space *space,
                   const struct probe_space_step *step)
{
    struct map_request request = {
        .size = step->size,
        .flags = step->flags & ~(unsigned)FIXED,
        .object = step->other == PROBE_SPACE_NONE ? NULL : probe->objects[step->other],
        .offset = step->offset,
        .fixed = (step->flags & FIXED) != 0,
        .address = step->address,
        .alignment = step->alignment,
    };
    uint64_t place;
    int error = address_space_map(space, &request, &place);

    if (error == OK && !request.fixed) {
        probe->places[step->place] = place;
        probe_fact(probe->request, "place", place);
    }
    return error;
}

static int run_wander(struct probe_space *probe, struct address_space *space,
                      const struct probe_space_step *step)
{
    struct probe_space_step at = *step;
    int times = 0;

    at.size = PAGE_SIZE;
    at.flags = PAGE_READ | PAGE_WRITE | REGION_PRIVATE | FIXED;
    for (; (uint64_t)times < step->size; at.address += page_level_size(1), times++) {
        if (run_map(probe, space, &at) != OK ||
            address_space_fault(space, at.address, ACCESS_WRITE) != OK ||
            address_space_unmap(space, at.address, PAGE_SIZE) != OK)
            break;
    }
    return times;
}

static int run_release(struct probe_space *probe, struct address_space *space, unsigned number)
{
    if (address_space_running() == space)
        address_space_switch(NULL);
    address_space_release(space);
    probe->spaces[number] = NULL;
    return OK;
}

static int run_object(struct probe_space *probe, const struct probe_space_step *step)
{
    struct memory_object **object = &probe->objects[step->other];

    switch (step->action) {
    case OBJECT:
        return memory_object_create(step->size, step->flags, object);
    case OBJECT_WINDOW:
        return memory_object_create_physical(probe_space_window() + step->offset, step->size,
                                             step->flags, object);
    default:
        memory_object_release(*object);
        *object = NULL;
        return OK;
    }
}

/* Actions with a space. */
static int run_on_space(struct probe_space *probe, const struct probe_space_step *step)
{
    struct address_space *space = probe_space_of(probe, step->space);

    /* It could not be made; the grader has been told. */
    if (space == NULL)
        return ERROR_NOT_FOUND;
    switch (step->action) {
    case RELEASE:
        return run_release(probe, space, step->space);
    case CLONE:
        return address_space_clone(space, &probe->spaces[step->other]);
    case MAP:
        return run_map(probe, space, step);
    case WANDER:
        return run_wander(probe, space, step);
    case UNMAP:
        return address_space_unmap(space, step->address, step->size);
    case PROTECT:
        return address_space_protect(space, step->address, step->size, step->flags);
    case FAULT:
        return address_space_fault(space, step->address, step->flags);
    case REGIONS:
        return probe_space_report_regions(probe, space);
    case MAPPING:
        return probe_space_report_mapping(probe, space, step->address);
    default:
        address_space_prune(space);
        return OK;
    }
}

static int run_step(struct probe_space *probe, const struct probe_space_step *step)
{
    switch (step->action) {
    case CREATE:
        return address_space_create(&probe->spaces[step->space]);
    case SWITCH:
        address_space_switch(probe_space_of(probe, step->space));
        return OK;
    case OBJECT:
    case OBJECT_WINDOW:
    case OBJECT_RELEASE:
        return run_object(probe, step);
    case WRITE:
    case READ:
        return run_copy(probe, step);
    case FILL:
        return run_fill(probe, step);
    case COUNT:
        probe_space_report_use(probe);
        return OK;
    case SHRINK:
        heap_shrink();
        return OK;
    default:
        return run_on_space(probe, step);
    }
}

/* Does a step with ever fewer failing allocations. */
static int run_hard(struct probe_space *probe, const struct probe_space_step *step)
{
    uint64_t sums[SUMS_MAX] = {probe_space_checksum(probe_space_of(probe, step->space))};
    size_t count = 1;
    int error = ERROR_NO_MEMORY;

    for (uint64_t tries = 1; error == ERROR_NO_MEMORY && tries < TRIES_MAX; tries++) {
        heap_shrink();
        frames_fail_after(tries);
        error = run_step(probe, step);
        frames_fail_after(UINT64_MAX);
        uint64_t sum = probe_space_checksum(probe_space_of(probe, step->space));
        if (error == ERROR_NO_MEMORY && count < SUMS_MAX && sum != sums[count - 1])
            sums[count++] = sum;
    }
    probe_fact_list(probe->request, "sums", sums, count);
    return error;
}

static bool read_step(const struct probe_space *probe, const char *bytes,
                      struct probe_space_step *step)
{
    memcpy(step, bytes, STEP_BYTES);
    if (step->action >= ACTIONS || (step->space >= PROBE_SPACES && step->space != PROBE_SPACE_NONE))
        return false;
    if (step->other >= PROBE_SPACES && step->other != PROBE_SPACE_NONE)
        return false;
    if (step->action != MAP)
        step->address += probe->places[step->place];
    return true;
}

static int run_steps(struct probe_request *request)
{
    static struct probe_space probe;
    static uint64_t results[STEPS_MAX];
    bool hard = false;
    size_t size;
    char *steps;

    _Static_assert(sizeof(struct probe_space_step) == STEP_BYTES, "steps are copied as they are");
    if (request->count != 1 || !probe_bytes(request, 0, &steps, &size) || size % STEP_BYTES != 0)
        return ERROR_USAGE;
    probe.request = request;
    for (size_t i = 0; i < size / STEP_BYTES; i++) {
        struct probe_space_step step;
        if (!read_step(&probe, steps + i * STEP_BYTES, &step))
            return ERROR_USAGE;
        if (step.action == TRY_HARD)
            results[i] = 0;
        else
            results[i] = (uint64_t)(hard ? run_hard(&probe, &step) : run_step(&probe, &step));
        hard = step.action == TRY_HARD;
    }
    probe_fact_list(request, "results", results, size / STEP_BYTES);
    return OK;
}
PROBE(space_run)
= {.name = "space.run", .run = run_steps};

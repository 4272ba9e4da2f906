/*
 * Mapping: a request is checked, a place found, all memory taken; then the region is put there. The
 * page tables stay as they are: pages come with their first touch.
 */
#include "address_space/parts.h"
#include "cairn/error.h"
#include "random/random.h"

#define FLAGS_KNOWN ((unsigned)PAGE_RIGHTS | REGION_PRIVATE)

static uint64_t object_page_size(const struct memory_object *object)
{
    return page_level_size(object == NULL ? 0 : object->page_level);
}

static bool is_fine_object(const struct map_request *request)
{
    const struct memory_object *object = request->object;
    uint64_t page_size = object_page_size(object);

    if (object == NULL)
        return request->offset == 0;
    if (object->kind == MEMORY_OBJECT_PHYSICAL && (request->flags & REGION_PRIVATE) != 0)
        return false;
    return object_may_have(object, request->flags) && request->offset % page_size == 0 &&
           range_within(request->offset, request->size, object->size);
}

/* What the place of the region is a multiple of; 0 for a request that makes no sense. */
static uint64_t wanted_alignment(const struct map_request *request)
{
    uint64_t page_size = object_page_size(request->object);

    if ((request->alignment & (request->alignment - 1)) != 0)
        return 0;
    return request->alignment > page_size ? request->alignment : page_size;
}

static int check_request(const struct map_request *request)
{
    unsigned rights = request->flags & PAGE_RIGHTS;
    uint64_t alignment = wanted_alignment(request);

    if (request->size == 0 || request->size % object_page_size(request->object) != 0 ||
        (request->flags & ~FLAGS_KNOWN) != 0 || (rights != 0 && (rights & PAGE_READ) == 0) ||
        alignment == 0 || !is_fine_object(request))
        return ERROR_INVALID_ARGUMENT;
    if (!request->fixed)
        return request->size > USER_END - USER_START ? ERROR_NO_SPACE : OK;
    if (request->address % alignment != 0)
        return ERROR_INVALID_ARGUMENT;
    if (request->address < USER_START || !range_within(request->address, request->size, USER_END))
        return ERROR_OUT_OF_RANGE;
    return OK;
}

/* A random place: the lowest above a random address, or else the lowest of all. */
static int find_place(struct address_space *space, const struct map_request *request,
                      uint64_t *address) REQUIRES(space->lock)
{
    uint64_t places = (USER_END - USER_START - request->size) / PAGE_SIZE + 1;
    struct region_wish wish = {
        .low = USER_START + random_below(places) * PAGE_SIZE,
        .high = USER_END,
        .size = request->size,
        .alignment = wanted_alignment(request),
    };

    if (region_find_gap(&space->regions, &wish, address) == OK)
        return OK;
    wish.low = USER_START;
    return region_find_gap(&space->regions, &wish, address);
}

static int take_place(struct address_space *space, const struct map_request *request,
                      uint64_t *address) REQUIRES(space->lock)
{
    const struct region *above = region_at_or_above(&space->regions, request->address);

    if (!request->fixed)
        return find_place(space, request, address);
    if (above != NULL && above->start < request->address + request->size)
        return ERROR_EXISTS;
    *address = request->address;
    return OK;
}

/* What the region will map, with a reference; a guard may map nothing. */
static int take_object(const struct map_request *request, struct region *region)
{
    region->flags = request->flags;
    region->object = request->object;
    region->offset = request->offset;
    if (request->object != NULL) {
        memory_object_reference(request->object);
        return OK;
    }
    if ((request->flags & PAGE_RIGHTS) == 0) {
        region->flags = 0;
        return OK;
    }
    if ((request->flags & REGION_PRIVATE) != 0)
        region->flags |= REGION_OWN;
    return memory_object_create(request->size, 0, &region->object);
}

static int map_at(struct address_space *space, const struct map_request *request, uint64_t address)
    REQUIRES(space->lock)
{
    struct region *region = space_region_allocate();

    if (region == NULL)
        return ERROR_NO_MEMORY;
    int error = take_object(request, region);
    if (error != OK) {
        space_region_free(region);
        return error;
    }
    region->start = address;
    region->end = address + request->size;
    error = space_region_add(space, region);
    /* A new object continues nothing. */
    if (error == OK && (region->flags & REGION_OWN) == 0) {
        space_region_merge(space, region_at_or_above(&space->regions, region->end));
        space_region_merge(space, region);
    }
    return error;
}

int address_space_map(struct address_space *space, const struct map_request *request,
                      uint64_t *address)
{
    uint64_t place = 0;
    int error = check_request(request);

    if (error != OK)
        return error;
    spinlock_acquire(&space->lock);
    error = take_place(space, request, &place);
    if (error == OK)
        error = map_at(space, request, place);
    spinlock_release(&space->lock);
    if (error == OK)
        *address = place;
    return error;
}

/*
 * Unmapping, and changing rights: everything in a range, whatever regions it is.
 *
 *      before      [   a   ][ b ]   [    c    ]
 *      range            |<------------->|
 *      cut         [ a ][a' ][ b ]  [ c ][ c' ]        then a', b and c are unmapped or changed
 *
 * First comes what can fail: the regions that the cuts need, and the page tables, which may lose
 * what they know without harm. Then the regions change.
 */
#include "address_space/parts.h"
#include "cairn/error.h"

/* Takes the region that a cut at an edge needs, if any; there is none within a large page. */
static int prepare_cut(struct address_space *space, uint64_t edge, struct region **spare)
    REQUIRES(space->lock)
{
    const struct region *region = space_region_across(space, edge);

    if (region == NULL)
        return OK;
    if (region->object != NULL && edge % page_level_size(region->object->page_level) != 0)
        return ERROR_INVALID_ARGUMENT;
    *spare = space_region_allocate();
    return *spare != NULL ? OK : ERROR_NO_MEMORY;
}

/* Cuts the range out; what is mapped in it becomes `flags`, or goes. On an error nothing is cut. */
//@quote [cut-out]
static int cut_out(struct address_space *space, uint64_t address, uint64_t end, unsigned flags)
    REQUIRES(space->lock)
{
    const uint64_t edges[2] = {address, end};
    struct region *spares[2] = {NULL, NULL};
    int error = OK;

    for (size_t i = 0; i < 2 && error == OK; i++)
        error = prepare_cut(space, edges[i], &spares[i]);
    if (error == OK)
        error = space_tables_change(space, address, end - address, flags);
    for (size_t i = 0; i < 2; i++) {
        if (error != OK)
            space_region_free(spares[i]);
        else if (spares[i] != NULL)
            space_region_split(space, edges[i], spares[i]);
    }
    return error;
}
//@quote [cut-out]

static int check_range(uint64_t address, uint64_t size)
{
    if (size == 0 || (address | size) % PAGE_SIZE != 0)
        return ERROR_INVALID_ARGUMENT;
    return address < USER_START || !range_within(address, size, USER_END) ? ERROR_OUT_OF_RANGE : OK;
}

/* The first region in what is left of a range, or NULL. */
static struct region *region_within(struct address_space *space, uint64_t address, uint64_t end)
    REQUIRES(space->lock)
{
    struct region *region = region_at_or_above(&space->regions, address);

    return region != NULL && region->start < end ? region : NULL;
}

int address_space_unmap(struct address_space *space, uint64_t address, uint64_t size)
{
    struct region *region;
    int error = check_range(address, size);

    if (error != OK)
        return error;
    spinlock_acquire(&space->lock);
    error = cut_out(space, address, address + size, 0);
    while (error == OK && (region = region_within(space, address, address + size)) != NULL)
        space_region_delete(space, region);
    spinlock_release(&space->lock);
    return error;
}

/*
 * Checks that all of a range can have some rights.
 * @param[out] flags what its pages become: nothing is made writable that may be shared, and what
 *             is not plain memory is taken away
 */
static int check_rights(struct address_space *space, uint64_t address, uint64_t end,
                        unsigned rights, unsigned *flags) REQUIRES(space->lock)
{
    *flags = rights == 0 ? 0 : (rights & ~(unsigned)PAGE_WRITE) | PAGE_USER;
    while (address < end) {
        const struct region *region = region_within(space, address, end);
        if (region == NULL || region->start > address || (region->object == NULL && rights != 0))
            return ERROR_NOT_FOUND;
        if (!object_may_have(region->object, rights))
            return ERROR_INVALID_ARGUMENT;
        if (region->object != NULL && region->object->page_flags != 0)
            *flags = 0;
        address = region->end;
    }
    return OK;
}

static void allow(struct address_space *space, uint64_t address, uint64_t end, unsigned rights)
    REQUIRES(space->lock)
{
    struct region *region;

    while ((region = region_within(space, address, end)) != NULL) {
        address = region->end;
        space_region_allow(space, region, rights);
        space_region_merge(space, region);
    }
    space_region_merge(space, region_at_or_above(&space->regions, end));
}

int address_space_protect(struct address_space *space, uint64_t address, uint64_t size,
                          unsigned rights)
{
    unsigned flags;
    int error = check_range(address, size);

    if ((rights & ~(unsigned)PAGE_RIGHTS) != 0 || (rights != 0 && (rights & PAGE_READ) == 0))
        return ERROR_INVALID_ARGUMENT;
    if (error != OK)
        return error;
    spinlock_acquire(&space->lock);
    error = check_rights(space, address, address + size, rights, &flags);
    if (error == OK)
        error = cut_out(space, address, address + size, flags);
    if (error == OK)
        allow(space, address, address + size, rights);
    spinlock_release(&space->lock);
    return error;
}

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

/* A range, and the regions that will be above its ends, if these lie within regions. */
struct cut {
    uint64_t edges[2];
    struct region *spares[2];
};

static void free_spares(struct cut *cut)
{
    for (size_t i = 0; i < 2; i++) {
        if (cut->spares[i] != NULL)
            space_region_free(cut->spares[i]);
    }
}

/* Checks whether the range can be cut out, and takes the memory for it. */
static int prepare_cut(struct address_space *space, struct cut *cut) REQUIRES(space->lock)
{
    bool needed[2];

    for (size_t i = 0; i < 2; i++) {
        const struct region *region = space_region_across(space, cut->edges[i]);
        needed[i] = region != NULL;
        if (region != NULL && region->object != NULL &&
            cut->edges[i] % page_level_size(region->object->page_level) != 0)
            return ERROR_INVALID_ARGUMENT;
    }
    for (size_t i = 0; i < 2; i++) {
        if (needed[i] && (cut->spares[i] = space_region_allocate()) == NULL)
            return ERROR_NO_MEMORY;
    }
    return OK;
}

/* Cuts regions at the range's ends. A spare is left for each end where there is something to cut.
 */
static void cut_regions(struct address_space *space, struct cut *cut) REQUIRES(space->lock)
{
    for (size_t i = 0; i < 2; i++) {
        if (cut->spares[i] == NULL)
            continue;
        struct region *region = space_region_across(space, cut->edges[i]);
        space_region_split(space, region, cut->edges[i], cut->spares[i]);
        cut->spares[i] = NULL;
    }
}

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

//@quote [unmap-cut]
static int unmap_cut(struct address_space *space, struct cut *cut) REQUIRES(space->lock)
{
    struct region *region;
    int error = space_tables_change(space, cut->edges[0], cut->edges[1] - cut->edges[0], 0);

    if (error != OK)
        return error;
    cut_regions(space, cut);
    while ((region = region_within(space, cut->edges[0], cut->edges[1])) != NULL)
        space_region_delete(space, region);
    return OK;
}
//@quote [unmap-cut]

int address_space_unmap(struct address_space *space, uint64_t address, uint64_t size)
{
    struct cut cut = {.edges = {address, address + size}};
    int error = check_range(address, size);

    if (error != OK)
        return error;
    spinlock_acquire(&space->lock);
    error = prepare_cut(space, &cut);
    if (error == OK)
        error = unmap_cut(space, &cut);
    spinlock_release(&space->lock);
    free_spares(&cut);
    return error;
}

/*
 * Checks that all of a range can have some rights.
 * @param[out] flags what its pages become: nothing is made writable that may be shared, and what
 *             is not plain memory is taken away
 */
static int check_rights(struct address_space *space, const struct cut *cut, unsigned rights,
                        unsigned *flags) REQUIRES(space->lock)
{
    uint64_t address = cut->edges[0];

    *flags = rights == 0 ? 0 : (rights & ~(unsigned)PAGE_WRITE) | PAGE_USER;
    while (address < cut->edges[1]) {
        const struct region *region = region_within(space, address, cut->edges[1]);
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

static void allow_cut(struct address_space *space, const struct cut *cut, unsigned rights)
    REQUIRES(space->lock)
{
    uint64_t address = cut->edges[0];
    struct region *region;

    while ((region = region_within(space, address, cut->edges[1])) != NULL) {
        address = region->end;
        space_region_allow(space, region, rights);
        space_region_merge(space, region);
    }
    region = region_at_or_above(&space->regions, cut->edges[1]);
    if (region != NULL)
        space_region_merge(space, region);
}

static int protect_cut(struct address_space *space, struct cut *cut, unsigned rights)
    REQUIRES(space->lock)
{
    unsigned flags;
    int error = check_rights(space, cut, rights, &flags);

    if (error == OK)
        error = prepare_cut(space, cut);
    if (error == OK)
        error = space_tables_change(space, cut->edges[0], cut->edges[1] - cut->edges[0], flags);
    if (error != OK)
        return error;
    cut_regions(space, cut);
    allow_cut(space, cut, rights);
    return OK;
}

int address_space_protect(struct address_space *space, uint64_t address, uint64_t size,
                          unsigned rights)
{
    struct cut cut = {.edges = {address, address + size}};
    int error = check_range(address, size);

    if ((rights & ~(unsigned)PAGE_RIGHTS) != 0 || (rights != 0 && (rights & PAGE_READ) == 0))
        return ERROR_INVALID_ARGUMENT;
    if (error != OK)
        return error;
    spinlock_acquire(&space->lock);
    error = protect_cut(space, &cut, rights);
    spinlock_release(&space->lock);
    free_spares(&cut);
    return error;
}

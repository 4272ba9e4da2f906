/*
 * Single regions of an address space, and the lists of regions that memory objects keep.
 */
#include "address_space/parts.h"
#include "cairn/error.h"
#include "heap/heap.h"
#include "panic/panic.h"

static OBJECT_CACHE(region_cache, "region", sizeof(struct region), NULL);

struct region *space_region_allocate(void)
{
    return (struct region *)object_allocate(&region_cache);
}

void space_region_free(struct region *region)
{
    object_free(&region_cache, region);
}

/* The lock of a region's object, which a guard need not have: more than the analysis can follow. */
static void lock_object(struct memory_object *object) NO_LOCK_ANALYSIS
{
    if (object != NULL)
        spinlock_acquire(&object->lock);
}

static void unlock_object(struct memory_object *object) NO_LOCK_ANALYSIS
{
    if (object != NULL)
        spinlock_release(&object->lock);
}

struct region *space_region_across(struct address_space *space, uint64_t address)
{
    struct region *region = region_at_or_above(&space->regions, address);

    return region != NULL && region->start < address ? region : NULL;
}

/* What has rights has an object: faults rely on it. */
static bool may_have(const struct region *region, unsigned rights)
{
    return region->object != NULL || (rights & PAGE_RIGHTS) == 0;
}

int space_region_add(struct address_space *space, struct region *region)
{
    ASSERT(may_have(region, region->flags));
    int error = region_insert(&space->regions, region);

    if (error != OK) {
        memory_object_release(region->object);
        space_region_free(region);
        return error;
    }
    region->space = space;
    space->mapped += region->end - region->start;
    lock_object(region->object);
    if (region->object != NULL)
        list_add_last(&region->object->regions, &region->in_object);
    unlock_object(region->object);
    return OK;
}

void space_region_split(struct address_space *space, uint64_t address, struct region *upper)
{
    struct region *region = space_region_across(space, address);
    struct memory_object *object = region->object;

    *upper = *region;
    upper->start = address;
    if (object != NULL)
        upper->offset += address - region->start;
    memory_object_reference(object);
    lock_object(object);
    region_resize(&space->regions, region, region->start, address);
    if (object != NULL)
        list_add_last(&object->regions, &upper->in_object);
    unlock_object(object);
    /* Its place has just been made free. */
    (void)region_insert(&space->regions, upper);
}

void space_region_allow(struct address_space *space, struct region *region, unsigned rights)
{
    (void)space;
    ASSERT(may_have(region, rights));
    lock_object(region->object);
    region->flags = (region->flags & ~PAGE_RIGHTS) | rights;
    unlock_object(region->object);
}

static bool continues(const struct region *below, const struct region *region)
{
    return below->end == region->start && below->flags == region->flags &&
           below->object == region->object &&
           (region->object == NULL ||
            below->offset + (below->end - below->start) == region->offset);
}

void space_region_merge(struct address_space *space, struct region *region)
{
    if (region == NULL)
        return;
    struct memory_object *object = region->object;
    /* What is at or above may be the region itself, which does not continue itself. */
    struct region *below = region_at_or_above(&space->regions, region->start - 1);
    if (!continues(below, region))
        return;
    region_remove(&space->regions, region);
    lock_object(object);
    region_resize(&space->regions, below, below->start, region->end);
    if (object != NULL)
        list_remove(&region->in_object);
    unlock_object(object);
    memory_object_release(object);
    space_region_free(region);
}

void space_region_delete(struct address_space *space, struct region *region)
{
    struct memory_object *object = region->object;
    uint64_t size = region->end - region->start;
    bool last = false;

    region_remove(&space->regions, region);
    space->mapped -= size;
    lock_object(object);
    if (object != NULL) {
        list_remove(&region->in_object);
        last = list_is_empty(&object->regions);
    }
    unlock_object(object);
    if ((region->flags & REGION_OWN) != 0 && !last)
        memory_object_give_back(object, region->offset, size);
    memory_object_release(object);
    space_region_free(region);
}

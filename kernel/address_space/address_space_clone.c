/*
 * Cloning: the same regions once more. Private objects are cloned, each of them once, however many
 * regions map it; of all others the clone shares the memory.
 */
#include "address_space/parts.h"
#include "cairn/error.h"

/* Puts a copy of @p region into @p clone, which maps @p object. */
static int copy_region(struct address_space *clone, const struct region *region,
                       struct memory_object *object) REQUIRES(clone->lock)
{
    struct region *copy = space_region_allocate();

    if (copy == NULL)
        return ERROR_NO_MEMORY;
    *copy = *region;
    copy->object = object;
    memory_object_reference(object);
    return space_region_add(clone, copy);
}

/* Copies all private regions of @p space that map @p object, with a clone of it. */
static int copy_private(struct address_space *space, struct address_space *clone,
                        struct memory_object *object) REQUIRES(space->lock) REQUIRES(clone->lock)
{
    struct memory_object *copy;
    int error = memory_object_clone(object, &copy);

    if (error != OK)
        return error;
    /* The copy's lock is taken within, by space_region_add(). */
    spinlock_acquire(&object->lock);
    LIST_FOR_EACH (region, region, &object->regions, in_object) {
        if (region->space == space && (region->flags & REGION_PRIVATE) != 0 && error == OK)
            error = copy_region(clone, region, copy);
    }
    spinlock_release(&object->lock);
    memory_object_release(copy);
    return error;
}

static int copy_regions(struct address_space *space, struct address_space *clone)
    REQUIRES(space->lock) REQUIRES(clone->lock)
{
    struct region *region = region_at_or_above(&space->regions, 0);
    int error = OK;

    for (; region != NULL && error == OK;
         region = region_at_or_above(&space->regions, region->end)) {
        const struct region *done = region_at_or_above(&clone->regions, region->start);
        if (done != NULL && done->start == region->start)
            continue;
        error = (region->flags & REGION_PRIVATE) != 0 && region->object != NULL
                    ? copy_private(space, clone, region->object)
                    : copy_region(clone, region, region->object);
    }
    return error;
}

int address_space_clone(struct address_space *space, struct address_space **clone)
{
    struct address_space *new;
    int error = address_space_create(&new);

    if (error != OK)
        return error;
    spinlock_acquire(&space->lock);
    /*
     * Nobody else knows the clone: its lock is free, and nobody can take the two the other way
     * round.
     */
    spinlock_acquire(&new->lock);
    error = copy_regions(space, new);
    spinlock_release(&new->lock);
    spinlock_release(&space->lock);
    if (error == OK)
        *clone = new;
    else
        address_space_release(new);
    return error;
}

/*
 * From an object to its mappings, by its list of regions.
 */
#include "address_space/address_space.h"
#include "cairn/error.h"
#include "memory_object/object_frame.h"

/* Changes the pages of one range of a region to `flags`, and sees to it that all processors know.
 */
static int change(const struct region *region, uint64_t start, uint64_t size, unsigned flags)
{
    struct address_space *space = region->space;
    struct tlb_batch batch;

    tlb_batch_begin(&batch, &tlb_user_flusher, &space->tlb);
    spinlock_acquire(&space->table_lock);
    int error = page_table_change(&space->table, start, size, flags, &batch);
    tlb_batch_finish(&batch);
    spinlock_release(&space->table_lock);
    return error;
}

int object_mappings_protect(const struct memory_object *object)
{
    LIST_FOR_EACH (region, region, &object->regions, in_object) {
        if ((region->flags & PAGE_WRITE) == 0)
            continue;
        unsigned flags = (region->flags & PAGE_RIGHTS & ~(unsigned)PAGE_WRITE) | PAGE_USER;
        int error = change(region, region->start, region->end - region->start, flags);
        if (error != OK)
            return error;
    }
    return OK;
}

int object_mappings_unmap(const struct memory_object *object, uint64_t offset, uint64_t size)
{
    LIST_FOR_EACH (region, region, &object->regions, in_object) {
        uint64_t begin = offset > region->offset ? offset : region->offset;
        uint64_t region_end = region->offset + (region->end - region->start);
        uint64_t end = offset + size < region_end ? offset + size : region_end;
        if (begin >= end)
            continue;
        int error = change(region, region->start + (begin - region->offset), end - begin, 0);
        if (error != OK)
            return error;
    }
    return OK;
}

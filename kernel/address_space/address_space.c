/*
 * Address spaces: their beginning, their end, and who runs with them.
 */
#include "address_space/address_space.h"

#include "address_space/parts.h"
#include "cairn/error.h"
#include "heap/heap.h"

static OBJECT_CACHE(space_cache, "address-space", sizeof(struct address_space), NULL);

int address_space_create(struct address_space **space)
{
    struct address_space *new = (struct address_space *)object_allocate(&space_cache);

    if (new == NULL)
        return ERROR_NO_MEMORY;
    *new = (struct address_space){
        .references = 1,
        .lock = SPINLOCK("address space"),
        .table_lock = SPINLOCK("page tables"),
        .tables_enough = SPACE_TABLES_SPARE,
    };
    int error = page_table_create(&new->table);
    if (error != OK) {
        object_free(&space_cache, new);
        return error;
    }
    tlb_space_init(&new->tlb, new->table.root);
    *space = new;
    return OK;
}

void address_space_reference(struct address_space *space)
{
    /* Relaxed: whoever adds a reference has one already. */
    __atomic_fetch_add(&space->references, 1, __ATOMIC_RELAXED);
}

/* Nobody refers to the space, but others may still find its regions through shared objects. */
static void end_space(struct address_space *space)
{
    struct region *region;

    tlb_space_end(&space->tlb);
    spinlock_acquire(&space->lock);
    while ((region = region_at_or_above(&space->regions, 0)) != NULL)
        space_region_delete(space, region);
    spinlock_release(&space->lock);
    page_table_destroy(&space->table);
    object_free(&space_cache, space);
}

void address_space_release(struct address_space *space)
{
    /* Release and acquire: whoever ends the space comes after all that others did with it. */
    if (__atomic_fetch_sub(&space->references, 1, __ATOMIC_ACQ_REL) == 1)
        end_space(space);
}

void address_space_switch(struct address_space *space)
{
    tlb_space_switch(space == NULL ? NULL : &space->tlb);
}

int address_space_region(struct address_space *space, uint64_t address, struct region *copy)
{
    spinlock_acquire(&space->lock);
    const struct region *region = region_at_or_above(&space->regions, address);
    if (region != NULL)
        *copy = *region;
    spinlock_release(&space->lock);
    return region == NULL ? ERROR_NOT_FOUND : OK;
}

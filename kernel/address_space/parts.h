/*
 * What the files of address spaces know of each other. Private.
 *
 * address_space.c         creates, counts references, switches, ends
 * address_space_map.c     finds a place for a region, and puts it there
 * address_space_cut.c     unmaps and changes rights: whatever lies in a range
 * address_space_clone.c   copies a space
 * address_space_fault.c   fills the page tables as pages are touched
 * address_space_tables.c  empties them again
 * space_region.c          single regions: added, split, merged, deleted
 *
 * Others find a region through its object's list, under the object's lock: so where a region is and
 * what it allows changes under that lock too, besides the space's.
 */
#pragma once

#include "address_space/address_space.h"

/** The region that begins below @p address and goes on above it, or NULL. */
struct region *space_region_across(struct address_space *space, uint64_t address)
    REQUIRES(space->lock);

/** A region to be filled, or NULL. */
struct region *space_region_allocate(void);

/** Frees a region that is in no space; NULL is nothing. */
void space_region_free(struct region *region);

/**
 * Puts a filled region into @p space; its reference to the object goes with it.
 * @return OK, or ERROR_EXISTS when its place is taken: then both are given up
 */
int space_region_add(struct address_space *space, struct region *region) REQUIRES(space->lock);

/** Cuts the region across @p address there; @p upper becomes what is above. */
void space_region_split(struct address_space *space, uint64_t address, struct region *upper)
    REQUIRES(space->lock);

/** Changes a region's rights. */
void space_region_allow(struct address_space *space, struct region *region, unsigned rights)
    REQUIRES(space->lock);

/**
 * Merges @p region with the one below, when that continues in it; then @p region is freed. NULL is
 * nothing.
 */
void space_region_merge(struct address_space *space, struct region *region) REQUIRES(space->lock);

/** Takes a region out of @p space and frees it, with the pages that only it maps. */
void space_region_delete(struct address_space *space, struct region *region) REQUIRES(space->lock);

/**
 * Makes pages that are mapped in a range become @p flags, or go; no processor knows them otherwise
 * when this returns. More may go than was asked for, at either end: faults bring it back.
 * @return OK, or ERROR_NOT_IMPLEMENTED
 */
int space_tables_change(struct address_space *space, uint64_t address, uint64_t size,
                        unsigned flags) EXCLUDES(space->table_lock);

/** So many page tables may be empty before anybody looks. */
enum { SPACE_TABLES_SPARE = 48 };

/** Whether @p object may be mapped with @p rights: registers can't be executed. */
static inline bool object_may_have(const struct memory_object *object, unsigned rights)
{
    return object == NULL || object->page_flags == 0 || (rights & PAGE_EXECUTE) == 0;
}

/*
 * Page faults: from an address to its region, to the page of the object, to the page-table entry.
 *
 * An entry that is there already and must become another is taken away first, and forgotten by all
 * processors: some demand that (Arm DDI 0487, D8.14.1, break-before-make), and none minds.
 */
#include "address_space/parts.h"
#include "cairn/error.h"
#include "frames/frames.h"

_Static_assert((int)ACCESS_READ == PAGE_READ && (int)ACCESS_WRITE == PAGE_WRITE &&
                   (int)ACCESS_EXECUTE == PAGE_EXECUTE,
               "an access needs the right of the same number");

/* A page-table entry to be. */
struct entry {
    uint64_t virtual;
    uint64_t physical;
    unsigned level;
    unsigned flags;
};

static int map_entry(struct address_space *space, const struct entry *entry)
{
    spinlock_acquire(&space->table_lock);
    int error = page_table_map(&space->table, entry->virtual, entry->physical,
                               page_level_size(entry->level), entry->flags, entry->level);
    spinlock_release(&space->table_lock);
    return error;
}

/* Maps a page in any case. @param replaced a frame to release when nothing maps it, or 0 */
static __attribute__((noinline)) int install(struct address_space *space, const struct entry *entry,
                                             uint64_t replaced)
{
    int error = replaced != 0 ? ERROR_EXISTS : map_entry(space, entry);

    if (error == ERROR_EXISTS) {
        error = space_tables_change(space, entry->virtual, page_level_size(entry->level), 0);
        if (error == OK && replaced != 0)
            frame_release(replaced);
        if (error == OK)
            error = map_entry(space, entry);
    }
    if (error == ERROR_NO_MEMORY) {
        address_space_prune(space);
        error = map_entry(space, entry);
    }
    return error;
}

/* Maps a page of 4 KiB whose table is there. @return whether it is */
static inline bool install_quickly(struct address_space *space, const struct entry *entry,
                                   uint64_t replaced)
{
    struct tlb_batch batch;

    tlb_batch_begin(&batch, &tlb_user_flusher, &space->tlb);
    if (replaced != 0)
        tlb_batch_free(&batch, replaced);
    spinlock_acquire(&space->table_lock);
    int error =
        page_table_replace(&space->table, entry->virtual, entry->physical, entry->flags, &batch);
    spinlock_release(&space->table_lock);
    return error == OK;
}

static unsigned page_flags_of(const struct region *region)
{
    return (region->flags & PAGE_RIGHTS) | PAGE_USER | region->object->page_flags;
}

/* Registers and the like: as much as one entry can map. */
static __attribute__((noinline)) int fault_physical(struct address_space *space,
                                                    const struct region *region, uint64_t address)
    REQUIRES(space->lock)
{
    struct entry entry = {.level = mmu_largest_leaf() + 1, .flags = page_flags_of(region)};
    uint64_t size;

    do {
        size = page_level_size(--entry.level);
        entry.virtual = align_down(address, size);
        entry.physical =
            region->object->physical + region->offset + (entry.virtual - region->start);
    } while (entry.level > 0 && (entry.virtual < region->start ||
                                 entry.virtual + size > region->end || entry.physical % size != 0));
    return install(space, &entry, 0);
}

/*
 * A frame was replaced that others may map too: takes it away from all of them, or puts it back
 * when that fails. Nobody else can refer to the memory of a REGION_OWN.
 */
static __attribute__((noinline)) int take_away_everywhere(const struct region *region,
                                                          uint64_t offset, struct object_page *page)
{
    struct memory_object *object = region->object;
    uint64_t size = page_level_size(object->page_level);
    int error = object_mappings_unmap(object, offset, size);

    if (error != OK) /* this can't fail: the page has a frame */
        (void)page_index_set(&object->index, offset / size, page->replaced);
    frame_release(error == OK ? page->replaced : page->physical);
    page->replaced = 0;
    return error;
}

/* Gets the page and maps it. */
static inline int fault_anonymous(struct address_space *space, const struct region *region,
                                  uint64_t address, bool write) REQUIRES(space->lock)
{
    struct memory_object *object = region->object;
    unsigned shift = PAGE_SHIFT + 9 * object->page_level;
    uint64_t virtual = address >> shift << shift;
    uint64_t offset = region->offset + (virtual - region->start);
    struct object_page page;

    spinlock_acquire(&object->lock);
    int error = object_page_get(object, offset >> shift, write, &page);
    if (error == OK && page.replaced != 0 && (region->flags & REGION_OWN) == 0)
        error = take_away_everywhere(region, offset, &page);
    if (error == OK) {
        unsigned flags = page_flags_of(region);
        const struct entry entry = {virtual, page.physical, object->page_level,
                                    page.writable ? flags : flags & ~(unsigned)PAGE_WRITE};
        if (entry.level != 0 || !install_quickly(space, &entry, page.replaced))
            error = install(space, &entry, page.replaced);
    }
    spinlock_release(&object->lock);
    return error;
}

//@quote [address-space-fault]
int address_space_fault(struct address_space *space, uint64_t address, enum page_access access)
{
    spinlock_acquire(&space->lock);
    int error = ERROR_FAULT;
    const struct region *region = region_at_or_above(&space->regions, address);
    if (region != NULL && region->start <= address && (region->flags & access) != 0 &&
        region->object != NULL)
        error = region->object->kind == MEMORY_OBJECT_PHYSICAL
                    ? fault_physical(space, region, address)
                    : fault_anonymous(space, region, address, access == ACCESS_WRITE);
    spinlock_release(&space->lock);
    return error;
}
//@quote [address-space-fault]

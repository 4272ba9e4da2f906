/*
 * Page faults: from an address to its region, to the page of the object, to the page-table entry.
 *
 * An entry that is there already and must become another is taken away first, and forgotten by all
 * processors: some demand that (Arm DDI 0487, D8.14.1, break-before-make), and none minds.
 */
#include "address_space/parts.h"
#include "arch/user_copy.h"
#include "cairn/error.h"
#include "frames/frames.h"
#include "heap/heap.h"
#include "page_table/page_table_hot.h"
#include "panic/panic.h"
#include "trap/trap.h"

_Static_assert((int)ACCESS_READ == PAGE_READ && (int)ACCESS_WRITE == PAGE_WRITE &&
                   (int)ACCESS_EXECUTE == PAGE_EXECUTE,
               "an access needs the right of the same number");

/* What is called twice would else be no part of the one function that every fault runs through. */
#define INLINE inline __attribute__((always_inline))

/* A page-table entry to be. */
struct entry {
    uint64_t virtual;
    uint64_t physical;
    unsigned level;
    unsigned flags;
};

static int map_entry(struct address_space *space, struct entry entry)
{
    spinlock_acquire(&space->table_lock);
    int error = page_table_map(&space->table, entry.virtual, entry.physical,
                               page_level_size(entry.level), entry.flags, entry.level);
    spinlock_release(&space->table_lock);
    return error;
}

/* Maps a page in any case. @param replaced a frame to release when nothing maps it, or 0 */
static __attribute__((noinline)) int install(struct address_space *space, struct entry entry,
                                             uint64_t replaced) REQUIRES(space->lock)
{
    int error = replaced != 0 ? ERROR_EXISTS : map_entry(space, entry);

    if (error == ERROR_EXISTS) {
        error = space_tables_change(space, entry.virtual, page_level_size(entry.level), 0);
        if (error == OK && replaced != 0)
            frame_release(replaced);
        if (error == OK)
            error = map_entry(space, entry);
    }
    return error;
}

/* Registers and the like: as much as one entry can map. */
static __attribute__((noinline)) int fault_physical(struct address_space *space,
                                                    const struct region *region, uint64_t address)
    REQUIRES(space->lock)
{
    struct entry entry = {
        .level = mmu_largest_leaf() + 1,
        .flags = (region->flags & PAGE_RIGHTS) | PAGE_USER | region->object->page_flags,
    };
    uint64_t size;

    do {
        size = page_level_size(--entry.level);
        entry.virtual = align_down(address, size);
        entry.physical =
            region->object->physical + region->offset + (entry.virtual - region->start);
    } while (entry.level > 0 && (entry.virtual < region->start ||
                                 entry.virtual + size > region->end || entry.physical % size != 0));
    return install(space, entry, 0);
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

/*
 * Maps a page of an object. Where its table is there, without the tables' lock: tables come and go
 * under the space's, and what a region maps changes under its object's.
 */
static INLINE int install_page(struct address_space *space, struct entry entry, uint64_t replaced)
    REQUIRES(space->lock)
{
    if (entry.level != 0 ||
        !page_table_replace(&space->table, entry.virtual, entry.physical, entry.flags, &space->tlb))
        return install(space, entry, replaced);
    if (replaced != 0)
        frame_release(replaced);
    return OK;
}

/* Gets the page, which has the size of a level's, and maps it. */
static INLINE int fault_anonymous(struct address_space *space, const struct region *region,
                                  uint64_t address, bool write, unsigned level)
    REQUIRES(space->lock)
{
    struct memory_object *object = region->object;
    uint64_t virtual = align_down(address, page_level_size(level));
    uint64_t offset = region->offset + (virtual - region->start);
    unsigned flags = (region->flags & PAGE_RIGHTS) | PAGE_USER;
    struct object_page page;

    spinlock_acquire_inner(&object->lock);
    int error = object_page_get(object, offset / page_level_size(level), write, &page);
    if (error == OK && page.replaced != 0 && (region->flags & REGION_OWN) == 0)
        error = take_away_everywhere(region, offset, &page);
    if (error == OK) {
        const struct entry entry = {virtual, page.physical, level,
                                    page.writable ? flags : flags & ~(unsigned)PAGE_WRITE};
        error = install_page(space, entry, page.replaced);
    }
    spinlock_release_inner(&object->lock);
    return error;
}

static __attribute__((noinline)) int fault_large(struct address_space *space,
                                                 const struct region *region, uint64_t address,
                                                 bool write) REQUIRES(space->lock)
{
    return fault_anonymous(space, region, address, write, region->object->page_level);
}

//@quote [address-space-fault]
/* Small pages have a function of their own: what they are is then known when it is compiled. */
static INLINE int fault_in(struct address_space *space, const struct region *region,
                           uint64_t address, bool write) REQUIRES(space->lock)
{
    if (region->object->kind == MEMORY_OBJECT_PHYSICAL)
        return fault_physical(space, region, address);
    if (region->object->page_level != 0)
        return fault_large(space, region, address, write);
    return fault_anonymous(space, region, address, write, 0);
}

/* address_space_fault(), within the function that every fault calls. */
static INLINE int fault_at(struct address_space *space, uint64_t address, enum page_access access)
{
    spinlock_acquire(&space->lock);
    int error = ERROR_FAULT;
    const struct region *region = region_at(&space->regions, address);
    /* What has rights has an object (space_region.c). */
    if (region != NULL && (region->flags & access) != 0)
        error = fault_in(space, region, address, access == ACCESS_WRITE);
    spinlock_release(&space->lock);
    return error;
}
//@quote [address-space-fault]

int address_space_fault(struct address_space *space, uint64_t address, enum page_access access)
{
    for (bool again = true;; again = false) {
        int error = fault_at(space, address, access);
        if (error != ERROR_NO_MEMORY || !again)
            return error;
        address_space_prune(space);
        heap_shrink();
    }
}

/*
 * Once more, with what can be had where memory is short. No fix-up hides a mistake of the kernel.
 */
static __attribute__((noinline)) bool fault_again(struct trap_frame *frame)
{
    struct page_fault fault;

    if (!page_fault_decode(frame, &fault))
        return false;
    if (fault.address >= USER_END)
        panic_trap("user_copy_in() or _out() was given a bad pointer of the kernel's own", frame);
    int error = address_space_fault(address_space_running(), fault.address, fault.access);
    if (error == ERROR_NO_MEMORY)
        trap_resume_at(frame, (uintptr_t)user_copy_starved);
    return error == OK || error == ERROR_NO_MEMORY;
}

//@quote [trap-fault]
/*
 * Fills the page that user_copy_in() or user_copy_out() touched. Any other access of the kernel to
 * user memory is a mistake.
 */
bool trap_fault(struct trap_frame *frame)
{
    struct address_space *space = address_space_running();
    struct page_fault fault;

    return space != NULL && user_copy_covers(trap_program_counter(frame)) &&
           page_fault_decode(frame, &fault) &&
           (fault_at(space, fault.address, fault.access) == OK || fault_again(frame));
}
//@quote [trap-fault]

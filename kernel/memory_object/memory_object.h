/**
 * @file
 * @defgroup memory_object Memory objects
 * Memory that can be mapped: pages that come into being when they are first touched.
 *
 * A memory object is a number of pages. Address spaces map parts of it by regions; the object keeps
 * a list of them, which is the only way from memory to mappings. Its *page index* says which frame
 * holds which page.
 *
 *     region [0x10000,0x30000) of A --+                         page index
 *                                     +--> memory object  -->   0: frame 0x81000
 *     region [0x7000,0x9000) of B   --+    (one for both:       1: -
 *                                           shared memory)      2: frame 0x93000
 *
 * A *clone* is a second object with the same contents. It begins with a copy of the page index, and
 * the frames are counted once more. Whoever writes to a page whose frame is counted more than once
 * gets a copy of it first: *copy on write*. There are no chains of objects: each one is complete,
 * however often it was cloned, and frees what only it uses.
 *
 *     before        after the clone        after the first write to the clone's page
 *     A -> f (1)    A -> f (2) <- B        A -> f (1)     B -> g (1)
 *
 * Lock order: address space, then object, then page tables; no two objects', but for one and its
 * clone, in this order, while an address space is cloned (address_space.h). Who changes a region
 * that maps an object (where it is, what it allows) holds the object's lock too: others find it by
 * the object's list. Any context.
 * @{
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address_map/address_map.h"
#include "arch/page_copy.h"
#include "cairn/error.h"
#include "frames/frames_hot.h"
#include "lib/list.h"
#include "memory_object/page_index.h"
#include "sync/spinlock.h"

struct region;

enum memory_object_kind {
    MEMORY_OBJECT_ANONYMOUS, /**< Zeros at first. */
    MEMORY_OBJECT_PHYSICAL,  /**< Given physical addresses: a device's. Can't be cloned. */
};

/** A memory object. */
struct memory_object {
    struct spinlock lock; /* First: its address is then the object's, in every page fault. */

    enum memory_object_kind kind;
    unsigned page_level; /**< Its pages are of this level: 0, 1 or 2. Constant, as is `size`. */
    uint64_t size;       /**< Bytes, a multiple of the page's size. */
    uint64_t physical;   /**< MEMORY_OBJECT_PHYSICAL: where it begins. */
    unsigned page_flags; /**< PAGE_DEVICE or PAGE_COMBINE, for MEMORY_OBJECT_PHYSICAL. */
    uint32_t references; /**< Atomic. */

    /* Under the lock. */
    struct page_index index;
    struct list regions;
    uint64_t reserved; /**< Frames promised to it, see memory_commitment(). */
};

/**
 * Makes an object of zeros. Memory is promised for all of it, taken page by page.
 * @param size bytes, not 0; rounded up to pages
 * @param page_level 0, or 1 or 2 for pages of 2 MiB or 1 GiB, which are then taken as a whole
 * @return OK; ERROR_INVALID_ARGUMENT; ERROR_NO_MEMORY also when too much is promised already;
 *         ERROR_NOT_SUPPORTED for a page size that the processor has not
 */
int memory_object_create(uint64_t size, unsigned page_level, struct memory_object **object);

/**
 * Makes an object of given physical addresses, which must not be the frame allocator's memory.
 * @param physical a multiple of PAGE_SIZE
 * @param size bytes, not 0; rounded up to pages; ends below 2^48
 * @param page_flags PAGE_DEVICE, PAGE_COMBINE or 0
 * @return OK; ERROR_INVALID_ARGUMENT; ERROR_NO_MEMORY
 */
int memory_object_create_physical(uint64_t physical, uint64_t size, unsigned page_flags,
                                  struct memory_object **object);

/** Adds a reference; to NULL none. */
void memory_object_reference(struct memory_object *object);

/** Takes a reference away; the last one frees the object and its frames. NULL is nothing. */
void memory_object_release(struct memory_object *object);

/**
 * Makes an object with the same contents, which from now on change separately.
 *
 * Every mapping of @p object becomes read-only until it is written to again.
 * @return OK; ERROR_NO_MEMORY with nothing changed but that; ERROR_NOT_SUPPORTED for physical
 *         objects
 */
int memory_object_clone(struct memory_object *object, struct memory_object **clone);

/**
 * Frees the pages in a range, which read as zeros afterwards; first all mappings of them are taken
 * away. Their promise is kept: each can be touched again. Does nothing to physical objects.
 * @param offset,size bytes, whole pages of the object, within it
 */
void memory_object_discard(struct memory_object *object, uint64_t offset, uint64_t size);

/**
 * Frees pages that nothing maps and nobody will touch any more, and gives back what was promised
 * for them; no page's promise is given back twice. Unlike memory_object_discard() it looks at no
 * mapping: what it costs does not grow with the object's regions.
 * @param object anonymous
 * @param offset,size bytes, whole pages of the object, within it
 */
void memory_object_give_back(struct memory_object *object, uint64_t offset, uint64_t size);

/**
 * Takes the mappings of a part of an object away, and all processors know it.
 * @param object its lock is held
 * @param offset,size bytes, whole pages of the object
 * @return OK, or what page_table_change() says: then some may be left
 */
int object_mappings_unmap(const struct memory_object *object, uint64_t offset, uint64_t size);

/** A page that can be mapped. */
struct object_page {
    uint64_t physical; /**< Where it is. */
    bool writable;     /**< It may be mapped for writing: no other object shares its frame. */
    uint64_t replaced; /**< A frame that was the page until now, with a reference that is the
                            caller's to release once nothing maps it; 0 for none. */
};

/**
 * Gets a page for an access, by filling it with zeros or copying it where needed. *Exercise 4.7*
 *
 * - A page that has no frame gets one full of zeros, for reading as for writing.
 * - A page that is to be written, and whose frame has other references, is copied to a frame of its
 *   own. The old frame becomes `replaced`; its reference is not released here.
 * - Anything else stays as it is.
 *
 * Frames come from object_frame_allocate() and are copied by object_frame_copy(), which know the
 * size of the object's pages.
 *
 * @param object anonymous; its lock is held
 * @param number of the page, below the object's number of pages
 * @param write whether it will be written
 * @param[out] page what was found or made; unspecified on failure
 * @return OK; ERROR_NO_MEMORY with nothing changed, also when the page index can't grow
 */
int object_page_get(struct memory_object *object, uint64_t number, bool write,
                    struct object_page *page);

/**
 * Allocates what holds one page of @p object, with one reference.
 * @param object anonymous; its lock is held
 * @param zeroed filled with zeros, for a page that has no frame yet; else the contents are
 *               anything, and the frame replaces one
 * @return OK, or ERROR_NO_MEMORY
 */
static inline int object_frame_allocate(struct memory_object *object, bool zeroed,
                                        uint64_t *physical);

/** The same for a large page. */
int object_frame_allocate_large(const struct memory_object *object, bool zeroed,
                                uint64_t *physical);

/** Copies one page of @p object's size. */
void object_frame_copy(const struct memory_object *object, uint64_t to, uint64_t from);

/** Whether the frame at @p physical has more than one reference. */
bool object_frame_is_shared(uint64_t physical);

static inline int object_frame_allocate(struct memory_object *object, bool zeroed,
                                        uint64_t *physical)
{
    if (object->page_level != 0)
        return object_frame_allocate_large(object, zeroed, physical);
    int error = frame_take(FRAME_MEMORY_OBJECT, physical);
    /* Copying costs more: its way goes straight on. */
    if (error == OK && __builtin_expect(zeroed, 0))
        page_clear(physical_pointer(*physical));
    return error;
}

/**
 * Frames promised to all anonymous objects, and how many may be: the machine's memory times the
 * boot option `overcommit=`, in percent (100 without it; at most 10,000).
 */
void memory_commitment(uint64_t *promised, uint64_t *limit);

/** @} */

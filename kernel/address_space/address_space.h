/**
 * @file
 * @defgroup address_space Address spaces
 * The user half of the address space: what a program sees as memory.
 *
 * An address space is a set of regions (region.h), the page tables that follow from them, and an
 * identifier for the processor's buffers. The regions say what is to be; the page tables are filled
 * as pages are touched, and can be lost without harm.
 *
 *     touch --> fault --> region --> memory object --> frame --> page-table entry --> again
 *
 * A region maps a memory object. It is *private* when a clone of the address space shall have a
 * copy of its own, made page by page when one side writes; else both share the object. A region
 * without rights is a guard. Neighbours that continue each other are merged.
 *
 * Every call checks everything first and then can't fail half-way: on an error nothing has changed,
 * but for address_space_clone()'s source, whose pages may have become read-only for the moment.
 *
 * Any context; nothing here sleeps. Lock order: the address space's, the memory object's, the page
 * tables', of whichever space; then the heap's and the frame allocator's. Of each kind one is held
 * at a time, but in address_space_clone(): the source's lock is held while the clone's is taken,
 * and an object's while that of the object's clone is. The order is always from the source to its
 * clone, which nobody else knows yet; so it can't be taken in reverse.
 * @{
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/page_fault.h"
#include "memory_object/memory_object.h"
#include "page_table/page_table.h"
#include "region/region.h"
#include "sync/spinlock.h"
#include "tlb/tlb.h"

/** Regions begin here at the lowest: address 0 and what is near it stay bad. */
#define USER_START UINT64_C(0x10000)

/** What a region is, besides enum page_flags' rights. */
enum region_flags {
    REGION_PRIVATE = 1 << 8, /**< A clone of the address space gets a copy, made on writing. */
    /**
     * Not for requests: the region is private and address_space_map() made its object. Nobody else
     * refers to that, and each of its pages is in one region at most: when unmapped it is freed.
     */
    REGION_OWN = 1 << 9,
};

/** An address space. */
struct address_space {
    struct tlb_space tlb; /**< First, so that what runs is found from it at no cost. */
    uint32_t references;  /**< Atomic. */

    struct spinlock lock;
    /* Under the lock. */
    struct region_tree regions;
    uint64_t mapped; /**< Bytes in regions. */

    struct spinlock table_lock;
    /* Under the tables' lock; tables come and go under the space's besides, so that a fault, which
       has that, needs this only where a table is missing. */
    struct page_table table;
    uint64_t tables_enough; /**< With more, taking pages away looks for tables that are empty. */
};

//@quote [map-request]
/** What shall be mapped. */
struct map_request {
    uint64_t size;  /**< Bytes, not 0; whole pages of the object. */
    unsigned flags; /**< Rights (none for a guard, else with PAGE_READ), and REGION_PRIVATE. */
    struct memory_object *object; /**< Gets a reference of its own; NULL makes a new one of zeros,
                                       or none for a guard. */
    uint64_t offset;              /**< In the object, whole pages of it. */
    bool fixed;                   /**< At `address` and nowhere else. */
    uint64_t address;             /**< Where, when `fixed`; else at a random place. */
    uint64_t alignment; /**< Of the place, a power of two; at least the object's page size, which
                             0 stands for. */
};
//@quote [map-request]

/** Makes an empty address space with one reference. @return OK or ERROR_NO_MEMORY */
int address_space_create(struct address_space **space);

/** Adds a reference. */
void address_space_reference(struct address_space *space);

/** Takes a reference away; the last one ends the space, which must not be running anywhere. */
void address_space_release(struct address_space *space);

/**
 * Maps memory.
 * @param[out] address where it was put
 * @return OK; ERROR_INVALID_ARGUMENT for a request that makes no sense (sizes, alignment, rights,
 *         an offset beyond the object, a private physical object, registers to be executed);
 *         ERROR_OUT_OF_RANGE for a fixed place outside of [USER_START, USER_END); ERROR_EXISTS when
 *         something is there; ERROR_NO_SPACE; ERROR_NO_MEMORY
 */
int address_space_map(struct address_space *space, const struct map_request *request,
                      uint64_t *address);

/**
 * Takes away whatever is mapped in a range; regions that lie partly in it are cut.
 * @param address,size whole pages, within [USER_START, USER_END); size not 0
 * @return OK; ERROR_INVALID_ARGUMENT, also for a cut within a large page; ERROR_OUT_OF_RANGE;
 *         ERROR_NO_MEMORY when a region can't be cut
 */
int address_space_unmap(struct address_space *space, uint64_t address, uint64_t size);

/**
 * Changes the rights of a range.
 * @param rights PAGE_READ with or without PAGE_WRITE and PAGE_EXECUTE; 0 makes a guard, which keeps
 *               its contents
 * @return as address_space_unmap(), ERROR_INVALID_ARGUMENT also for registers to be executed;
 *         ERROR_NOT_FOUND when not all of the range is mapped, or rights are wanted for a guard
 *         without an object
 */
int address_space_protect(struct address_space *space, uint64_t address, uint64_t size,
                          unsigned rights);

/**
 * Makes an address space with the same contents: private regions are copied on writing, others
 * shared.
 * @return OK; ERROR_NO_MEMORY
 */
int address_space_clone(struct address_space *space, struct address_space **clone);

/**
 * Makes a page ready for an access, if that is allowed.
 * @param address any address
 * @param access one of enum page_access
 * @return OK: try again; ERROR_FAULT when nothing is mapped there or it does not allow this;
 *         ERROR_NO_MEMORY, also without empty page tables and what the heap keeps
 * Context: the trap path too.
 */
int address_space_fault(struct address_space *space, uint64_t address, enum page_access access);

/** Runs on with @p space's user half; NULL for none. Keeps no reference. */
void address_space_switch(struct address_space *space);

/** The space that the processor runs with, or NULL. */
static inline struct address_space *address_space_running(void)
{
    struct tlb_space *running = tlb_space_running();

    return running == NULL ? NULL : container_of(running, struct address_space, tlb);
}

/** Copies what is known of the region at or above @p address. @return OK or ERROR_NOT_FOUND */
int address_space_region(struct address_space *space, uint64_t address, struct region *copy);

/** Frees page tables that lead to nothing. */
void address_space_prune(struct address_space *space);

/** @} */

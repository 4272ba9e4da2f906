/**
 * @file
 * @defgroup region Regions
 * Ranges of addresses that are in use, in a balanced tree.
 *
 * A region is a range of whole pages with what is mapped there. All regions of an address space are
 * in one AVL tree, ordered by address; they don't overlap. Every node also knows how far its
 * subtree reaches and how large the largest gap within it is, so that a place for a new region is
 * found in O(log n) too:
 *
 *                    [40,50)  covers 10..90, largest gap 20
 *                   /       \
 *          [10,20)           [70,90)      gaps: 20..40 and 50..70
 *
 * The owner of a tree locks it. Regions are allocated by their owner; no call here needs memory.
 * @{
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/list.h"
#include "lib/util.h"

struct address_space;
struct memory_object;

/** A range of addresses in use. */
struct region {
    uint64_t start; /**< A multiple of PAGE_SIZE. */
    uint64_t end;   /**< The first address behind it, a multiple of PAGE_SIZE, above `start`. */
    unsigned flags; /**< Of enum page_flags and enum region_flags; 0 rights make it a guard. */
    struct memory_object *object; /**< What is mapped; NULL for none. Holds a reference. */
    uint64_t offset;              /**< The object's byte at `start`. */

    /** In the object's list of regions, under the object's lock. */
    struct list_link in_object;
    struct address_space *space;

    /** The tree's. */
    struct region *left, *right;
    int height;             /**< 1 for a leaf. */
    uint64_t subtree_start; /**< The least `start` in the subtree. */
    uint64_t subtree_end;   /**< The greatest `end` in the subtree. */
    uint64_t subtree_gap;   /**< Bytes of the largest gap between two regions of the subtree. */
};

/** All regions of one address space. */
struct region_tree {
    struct region *root;
    size_t count;
};

/** The region that holds @p address, or else the first one above it; NULL for none. */
struct region *region_at_or_above(const struct region_tree *tree, uint64_t address);

/** The region that holds @p address; NULL for none. */
static inline struct region *region_at(const struct region_tree *tree, uint64_t address)
{
    struct region *region = tree->root;

    while (region != NULL && (address < region->start || address >= region->end))
        region = address < region->start ? region->left : region->right;
    return region;
}

/** Puts @p region into the tree. @return OK, or ERROR_EXISTS when it overlaps another */
int region_insert(struct region_tree *tree, struct region *region);

/** Takes @p region out of the tree that it is in. */
void region_remove(struct region_tree *tree, struct region *region);

/**
 * Changes where a region begins and ends, within the gap around it.
 * @param start,end as in struct region; must not overlap a neighbour
 */
void region_resize(struct region_tree *tree, struct region *region, uint64_t start, uint64_t end);

/** Where a new region may go. */
struct region_wish {
    uint64_t low;       /**< Not below this; a multiple of PAGE_SIZE. */
    uint64_t high;      /**< Nor with its end above this; at least `low`. */
    uint64_t size;      /**< Bytes, a multiple of PAGE_SIZE, not 0. */
    uint64_t alignment; /**< Of its start: a power of two, at least PAGE_SIZE. */
};

/**
 * Finds the lowest place for a new region. *Exercise 4.6*
 *
 * With an alignment of PAGE_SIZE it visits O(log n) nodes. Larger alignments may make it look at
 * more gaps: those that are large enough, but too narrow once their start is aligned.
 *
 * @param[out] start the lowest aligned address in [low, high - size] at which `size` bytes overlap
 *             no region; unchanged on failure
 * @return OK, or ERROR_NO_SPACE
 */
int region_find_gap(const struct region_tree *tree, const struct region_wish *wish,
                    uint64_t *start);

/** @} */

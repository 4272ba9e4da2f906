/**
 * @file
 * Page indices (@ref memory_object): which frame holds which page.
 *
 * A tree of nodes with 64 slots; it is as high as its greatest page number needs. A slot of the
 * lowest level (0) holds a frame's physical address, any other a node.
 *
 *      height 2:      root [ 0 ][ 1 ] ... [63]            slot = number / 64 % 64
 *                           |    |
 *                           v    v
 *                [0]...[63]      [0]...[63]               slot = number % 64
 *                 |      |        |
 *               frame  frame    frame
 *
 * The owner locks it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cairn/error.h"

enum { PAGE_INDEX_SHIFT = 6, PAGE_INDEX_SLOTS = 1 << PAGE_INDEX_SHIFT };

/** A node; all zero is an empty one. */
struct page_index_node {
    /** Level 0: a physical address, 0 for none; above: a node's address as a number, 0 for none. */
    uint64_t slots[PAGE_INDEX_SLOTS];
};

/** An index; all zero is an empty one. */
struct page_index {
    struct page_index_node *root; /**< NULL when nothing was ever in it. */
    unsigned height;              /**< Levels of nodes: page numbers are below 64^height. */
    uint64_t pages;               /**< Frames in it. */
};

/** The slot of page @p number, at level 0; NULL when its node is not there. */
static inline uint64_t *page_index_slot(const struct page_index *index, uint64_t number)
{
    struct page_index_node *node = index->root;
    unsigned shift = PAGE_INDEX_SHIFT * index->height;

    if (node == NULL || number >> shift != 0)
        return NULL;
    while ((shift -= PAGE_INDEX_SHIFT) > 0) {
        node =
            (struct page_index_node *)(uintptr_t)node->slots[(number >> shift) % PAGE_INDEX_SLOTS];
        if (node == NULL)
            return NULL;
    }
    return &node->slots[number % PAGE_INDEX_SLOTS];
}

/** The frame of page @p number, or 0. */
static inline uint64_t page_index_get(const struct page_index *index, uint64_t number)
{
    const uint64_t *slot = page_index_slot(index, number);

    return slot == NULL ? 0 : *slot;
}

/** Makes the nodes that lead to page @p number. @return its slot, or NULL when there is no memory
 */
uint64_t *page_index_reach(struct page_index *index, uint64_t number);

/**
 * Sets the frame of page @p number.
 * @param slot what page_index_slot() says
 * @param number below 2^52
 * @param frame physical address, not 0
 * @return OK; ERROR_NO_MEMORY (never when the page had a frame): all pages are as before, but nodes
 *         may have been added that lead to nothing
 */
static inline int page_index_set_at(struct page_index *index, uint64_t *slot, uint64_t number,
                                    uint64_t frame)
{
    if (slot == NULL)
        slot = page_index_reach(index, number);
    if (slot == NULL)
        return ERROR_NO_MEMORY;
    index->pages += *slot == 0;
    *slot = frame;
    return OK;
}

/** Sets the frame of page @p number, as page_index_set_at() does, wherever its slot is. */
static inline int page_index_set(struct page_index *index, uint64_t number, uint64_t frame)
{
    return page_index_set_at(index, page_index_slot(index, number), number, frame);
}

/** Takes page @p number out. @return its frame, or 0 */
uint64_t page_index_remove(struct page_index *index, uint64_t number);

/** A node from the heap, empty; NULL when there is none. */
struct page_index_node *page_index_node_allocate(void);

/** Frees one node, not what it leads to. */
void page_index_node_free(struct page_index_node *node);

/**
 * Copies an index, and counts each frame once more by frame_reference(). *Exercise 4.8*
 *
 * The copy has as many levels as the original, and nodes only where there are frames below: nodes
 * of the original that have become empty are not copied.
 *
 * @param to empty; unchanged on failure
 * @param from not changed
 * @return OK; ERROR_NO_MEMORY: then all nodes are freed and all references are as before
 */
int page_index_clone(struct page_index *to, const struct page_index *from);

/** Empties an index, and releases each frame by frame_release(). */
void page_index_clear(struct page_index *index);

/** The first page in [@p number, @p end) that has a frame; @p end when there is none. */
uint64_t page_index_next(const struct page_index *index, uint64_t number, uint64_t end);

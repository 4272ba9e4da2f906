/*
 * Page indices. A node that has become empty stays where it is, until the index ends.
 */
#include "memory_object/page_index.h"

#include "cairn/error.h"
#include "frames/frames.h"
#include "heap/heap.h"
#include "lib/string.h"

static OBJECT_CACHE(node_cache, "page index", sizeof(struct page_index_node), NULL);

struct page_index_node *page_index_node_allocate(void)
{
    /* A failure can be ordered here too: most nodes come out of slabs that are there already. */
    struct page_index_node *node = frames_shall_fail() ? NULL : object_allocate(&node_cache);

    if (node != NULL)
        memset(node, 0, sizeof(*node));
    return node;
}

void page_index_node_free(struct page_index_node *node)
{
    object_free(&node_cache, node);
}

static struct page_index_node *node_at(uint64_t slot)
{
    return (struct page_index_node *)(uintptr_t)slot;
}

/* Whether a page number is beyond the index's height. */
static bool is_beyond(const struct page_index *index, uint64_t number)
{
    return number >> (PAGE_INDEX_SHIFT * index->height) != 0;
}

static uint64_t *slot_of(struct page_index_node *node, uint64_t number, unsigned level)
{
    return &node->slots[(number >> (PAGE_INDEX_SHIFT * level)) % PAGE_INDEX_SLOTS];
}

/*
 * The slot of a page, at level 0, or the empty one of a higher level at which the way to it ends;
 * NULL when it is beyond the index.
 */
static inline uint64_t *find_slot(const struct page_index *index, uint64_t number, unsigned *level)
{
    struct page_index_node *node = index->root;

    if (node == NULL || is_beyond(index, number))
        return NULL;
    for (*level = index->height - 1;; (*level)--) {
        uint64_t *slot = slot_of(node, number, *level);
        if (*level == 0 || *slot == 0)
            return slot;
        node = node_at(*slot);
    }
}

/* Makes the index high enough for a page, with a root. */
static int grow(struct page_index *index, uint64_t number)
{
    while (index->height == 0 || is_beyond(index, number)) {
        if (index->root != NULL) {
            struct page_index_node *node = page_index_node_allocate();
            if (node == NULL)
                return ERROR_NO_MEMORY;
            node->slots[0] = (uintptr_t)index->root;
            index->root = node;
        }
        index->height++;
    }
    if (index->root == NULL)
        index->root = page_index_node_allocate();
    return index->root != NULL ? OK : ERROR_NO_MEMORY;
}

uint64_t *page_index_reach(struct page_index *index, uint64_t number)
{
    unsigned level = 0;

    if (grow(index, number) != OK)
        return NULL;
    uint64_t *slot = find_slot(index, number, &level);
    while (level > 0) {
        struct page_index_node *node = page_index_node_allocate();
        if (node == NULL)
            return NULL;
        *slot = (uintptr_t)node;
        slot = slot_of(node, number, --level);
    }
    return slot;
}

uint64_t page_index_remove(struct page_index *index, uint64_t number)
{
    uint64_t *slot = page_index_slot(index, number);

    if (slot == NULL || *slot == 0)
        return 0;
    uint64_t frame = *slot;
    *slot = 0;
    index->pages--;
    return frame;
}

/* Frees a node and all below it: at most ten levels deep. */
static void clear_node(struct page_index_node *node, unsigned level)
{
    for (size_t i = 0; i < PAGE_INDEX_SLOTS; i++) {
        if (node->slots[i] == 0)
            continue;
        if (level == 0)
            frame_release(node->slots[i]);
        else
            clear_node(node_at(node->slots[i]), level - 1);
    }
    page_index_node_free(node);
}

void page_index_clear(struct page_index *index)
{
    if (index->root != NULL)
        clear_node(index->root, index->height - 1);
    *index = (struct page_index){0};
}

uint64_t page_index_next(const struct page_index *index, uint64_t number, uint64_t end)
{
    while (number < end) {
        unsigned level;
        const uint64_t *slot = find_slot(index, number, &level);
        if (slot == NULL)
            break;
        if (*slot != 0)
            return number;
        /* Nothing is below an empty slot: on behind all that could be. */
        number = ((number >> (PAGE_INDEX_SHIFT * level)) + 1) << (PAGE_INDEX_SHIFT * level);
    }
    return end;
}

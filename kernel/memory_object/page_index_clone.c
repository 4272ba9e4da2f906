/*
 * Exercise 4.8: copying a page index. The contract is in page_index.h.
 */
#include "cairn/error.h"
#include "frames/frames.h"
#include "memory_object/page_index.h"
#include "plain/plain.h"

//@exercise 4.8 Copy an index
static const struct page_index_node *node_at(uint64_t slot)
{
    return (const struct page_index_node *)(uintptr_t)slot;
}

static bool leads_to_frame(const struct page_index_node *node, unsigned level)
{
    for (size_t i = 0; i < PAGE_INDEX_SLOTS; i++) {
        if (node->slots[i] != 0 &&
            (level == 0 || leads_to_frame(node_at(node->slots[i]), level - 1)))
            return true;
    }
    return false;
}

/* Copies what is below a node. After a failure what was copied hangs together, to be cleared. */
static int copy_below(struct page_index_node *to, const struct page_index_node *from,
                      unsigned level)
{
    for (size_t i = 0; i < PAGE_INDEX_SLOTS; i++) {
        uint64_t slot = from->slots[i];
        if (slot == 0)
            continue;
        if (level == 0) {
            frame_reference(slot);
            to->slots[i] = slot;
        } else if (leads_to_frame(node_at(slot), level - 1)) {
            struct page_index_node *node = page_index_node_allocate();
            to->slots[i] = (uintptr_t)node;
            if (node == NULL || copy_below(node, node_at(slot), level - 1) != OK)
                return ERROR_NO_MEMORY;
        }
    }
    return OK;
}

int page_index_clone(struct page_index *to, const struct page_index *from)
{
    struct page_index copy = {.height = from->height, .pages = from->pages};

    if (from->pages > 0) {
        copy.root = page_index_node_allocate();
        if (copy.root == NULL || copy_below(copy.root, from->root, from->height - 1) != OK) {
            page_index_clear(&copy);
            return ERROR_NO_MEMORY;
        }
    }
    *to = copy;
    return OK;
}
//@stub
// int page_index_clone(struct page_index *to, const struct page_index *from)
// {
//     (void)to;
//     (void)from;
//     todo("4.8");
//     return ERROR_NOT_IMPLEMENTED;
// }
//@end

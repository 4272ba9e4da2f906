/*
 * Exercise 4.6: finding a place for a new region. The contract is in region.h.
 */
#include "cairn/error.h"
#include "plain/plain.h"
#include "region/region.h"

//@exercise 4.6 Find a gap
/* Whether the wish comes true in the free range [begin, end), and where at the lowest. */
static bool fits(const struct region_wish *wish, uint64_t begin, uint64_t end, uint64_t *start)
{
    uint64_t low = begin > wish->low ? begin : wish->low;
    uint64_t high = end < wish->high ? end : wish->high;
    uint64_t aligned = align_up(low, wish->alignment);

    if (aligned < low || aligned > high || high - aligned < wish->size)
        return false;
    *start = aligned;
    return true;
}

/*
 * Looks into the gaps between the regions of a subtree, from below. A subtree that lies wholly in
 * the wished range and has a large enough gap has the answer; only those that reach across one of
 * the range's ends can disappoint, and there is one of them a level at each end.
 */
static bool search(const struct region *node, const struct region_wish *wish, uint64_t *start)
{
    if (node == NULL || node->subtree_gap < wish->size || node->subtree_end <= wish->low ||
        node->subtree_start >= wish->high)
        return false;
    return search(node->left, wish, start) ||
           (node->left != NULL && fits(wish, node->left->subtree_end, node->start, start)) ||
           (node->right != NULL && fits(wish, node->end, node->right->subtree_start, start)) ||
           search(node->right, wish, start);
}

int region_find_gap(const struct region_tree *tree, const struct region_wish *wish, uint64_t *start)
{
    const struct region *root = tree->root;
    bool found;

    if (root == NULL)
        found = fits(wish, 0, UINT64_MAX, start);
    else
        found = fits(wish, 0, root->subtree_start, start) || search(root, wish, start) ||
                fits(wish, root->subtree_end, UINT64_MAX, start);
    return found ? OK : ERROR_NO_SPACE;
}
//@stub
// int region_find_gap(const struct region_tree *tree, const struct region_wish *wish, uint64_t
// *start)
// {
//     (void)tree;
//     (void)wish;
//     (void)start;
//     todo("4.6");
//     return ERROR_NOT_IMPLEMENTED;
// }
//@end

/*
 * Exercise 4.6, another way: without recursion. A walk through the nodes in order, which leaves out
 * subtrees that can't help; `floor` is where the free range before the next node begins.
 */
#include "cairn/error.h"
#include "region/region.h"

enum { WAY_MAX = 64 };

static bool is_promising(const struct region *node, const struct region_wish *wish)
{
    return node != NULL && node->subtree_gap >= wish->size && node->subtree_end > wish->low &&
           node->subtree_start < wish->high;
}

/* The end of the free range is `ceiling`; whether there is room, and where. */
static bool room(const struct region_wish *wish, uint64_t floor, uint64_t ceiling, uint64_t *start)
{
    uint64_t mask = wish->alignment - 1;

    if (floor < wish->low)
        floor = wish->low;
    if (ceiling > wish->high)
        ceiling = wish->high;
    if (floor > ceiling || ceiling - floor < wish->size)
        return false;
    uint64_t waste = (wish->alignment - (floor & mask)) & mask;
    if (ceiling - floor - wish->size < waste)
        return false;
    *start = floor + waste;
    return true;
}

int region_find_gap(const struct region_tree *tree, const struct region_wish *wish, uint64_t *start)
{
    const struct region *way[WAY_MAX];
    const struct region *node = tree->root;
    size_t depth = 0;

    if (node == NULL)
        return room(wish, 0, UINT64_MAX, start) ? OK : ERROR_NO_SPACE;
    if (room(wish, 0, node->subtree_start, start))
        return OK;
    uint64_t end = node->subtree_end;
    if (!is_promising(node, wish))
        node = NULL;
    while (node != NULL || depth > 0) {
        if (node != NULL) {
            way[depth++] = node;
            node = is_promising(node->left, wish) ? node->left : NULL;
            continue;
        }
        const struct region *here = way[--depth];
        if (here->left != NULL && room(wish, here->left->subtree_end, here->start, start))
            return OK;
        if (here->right != NULL && room(wish, here->end, here->right->subtree_start, start))
            return OK;
        node = is_promising(here->right, wish) ? here->right : NULL;
    }
    return room(wish, end, UINT64_MAX, start) ? OK : ERROR_NO_SPACE;
}

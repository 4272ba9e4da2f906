/*
 * The tree of regions: an AVL tree in which every node also knows its subtree's reach and largest
 * gap.
 *
 * A change happens in one place, and only the nodes on the way there from the root can be wrong
 * afterwards: about their height, or about what is below them. So every change notes the links that
 * it followed, and then mends the nodes behind them, from the lowest up. Two subtrees of a node
 * never differ in height by more than one, so a way has at most 1.44 log2(n) links.
 */
#include "cairn/error.h"
#include "region/region.h"

/* More than the way to any of 2^40 regions. */
enum { LINKS_MAX = 64 };

/* The links that were followed, from the tree's root on. */
struct way {
    size_t count;
    struct region **links[LINKS_MAX];
};

static int height_of(const struct region *region)
{
    return region != NULL ? region->height : 0;
}

static void raise_to(uint64_t *value, uint64_t other)
{
    if (*value < other)
        *value = other;
}

/* Finds out again what a node knows of its subtree, from its children. */
static void update(struct region *region)
{
    const struct region *left = region->left;
    const struct region *right = region->right;
    int left_height = height_of(left);
    int right_height = height_of(right);

    region->height = (left_height > right_height ? left_height : right_height) + 1;
    region->subtree_start = region->start;
    region->subtree_end = region->end;
    region->subtree_gap = 0;
    if (left != NULL) {
        region->subtree_start = left->subtree_start;
        region->subtree_gap = left->subtree_gap;
        raise_to(&region->subtree_gap, region->start - left->subtree_end);
    }
    if (right != NULL) {
        region->subtree_end = right->subtree_end;
        raise_to(&region->subtree_gap, right->subtree_gap);
        raise_to(&region->subtree_gap, right->subtree_start - region->end);
    }
}

/*
 *      node                child
 *     /    \              /     \
 *    a    child   ->    node     c
 *        /     \       /    \
 *       b       c     a      b
 */
static struct region *rotate_left(struct region *node)
{
    struct region *child = node->right;

    node->right = child->left;
    child->left = node;
    update(node);
    update(child);
    return child;
}

static struct region *rotate_right(struct region *node)
{
    struct region *child = node->left;

    node->left = child->right;
    child->right = node;
    update(node);
    update(child);
    return child;
}

/* Mends a node whose subtrees are right. @return the root of what it was the root of */
static struct region *mend(struct region *node)
{
    int lean = height_of(node->right) - height_of(node->left);

    if (lean > 1) {
        if (height_of(node->right->left) > height_of(node->right->right))
            node->right = rotate_right(node->right);
        return rotate_left(node);
    }
    if (lean < -1) {
        if (height_of(node->left->right) > height_of(node->left->left))
            node->left = rotate_left(node->left);
        return rotate_right(node);
    }
    update(node);
    return node;
}

static void mend_way(struct way *way)
{
    while (way->count > 0) {
        struct region **link = way->links[--way->count];
        *link = mend(*link);
    }
}

static void follow(struct way *way, struct region **link)
{
    way->links[way->count++] = link;
}

/* Goes to a region of the tree. @return the link to it, the last one of the way */
static struct region **go_to(struct region_tree *tree, const struct region *region, struct way *way)
{
    struct region **link = &tree->root;

    way->count = 0;
    follow(way, link);
    while (*link != region) {
        link = region->start < (*link)->start ? &(*link)->left : &(*link)->right;
        follow(way, link);
    }
    return link;
}

struct region *region_at_or_above(const struct region_tree *tree, uint64_t address)
{
    struct region *best = NULL;

    for (struct region *region = tree->root; region != NULL;) {
        if (address >= region->end) {
            region = region->right;
            continue;
        }
        best = region;
        if (address >= region->start)
            break;
        region = region->left;
    }
    return best;
}

int region_insert(struct region_tree *tree, struct region *region)
{
    struct region **link = &tree->root;
    struct way way;

    way.count = 0;
    /* Whatever would be its neighbours is on the way. */
    while (*link != NULL) {
        struct region *other = *link;
        if (region->start < other->end && other->start < region->end)
            return ERROR_EXISTS;
        follow(&way, link);
        link = region->start < other->start ? &other->left : &other->right;
    }
    region->left = NULL;
    region->right = NULL;
    update(region);
    *link = region;
    tree->count++;
    mend_way(&way);
    return OK;
}

/* Puts the next higher region in the place of one that has two children. */
static void replace_by_next(struct region **link, struct region *region, struct way *way)
{
    size_t below = way->count;
    struct region **next_link = &region->right;

    while ((*next_link)->left != NULL) {
        follow(way, next_link);
        next_link = &(*next_link)->left;
    }
    struct region *next = *next_link;
    *next_link = next->right;
    next->left = region->left;
    next->right = region->right;
    *link = next;
    if (way->count > below)
        way->links[below] = &next->right;
}

void region_remove(struct region_tree *tree, struct region *region)
{
    struct way way;
    struct region **link = go_to(tree, region, &way);

    if (region->left != NULL && region->right != NULL) {
        replace_by_next(link, region, &way);
    } else {
        *link = region->left != NULL ? region->left : region->right;
        way.count--; /* what is there now is right already */
    }
    tree->count--;
    mend_way(&way);
}

void region_resize(struct region_tree *tree, struct region *region, uint64_t start, uint64_t end)
{
    struct way way;

    go_to(tree, region, &way);
    region->start = start;
    region->end = end;
    mend_way(&way);
}

/*
 * Fuzzing trees of regions against a window of pages, of which the model knows one by one to which
 * region they belong.
 */
#include <string.h>

#include "cairn/error.h"
#include "fuzz.h"
#include "region/region.h"

enum { PAGES = 1024, REGIONS = 256, NONE = REGIONS };
#define UNTOUCHED UINT64_C(0x5a5a5a5a5a5a5a5a)

static unsigned take_below(struct input *input, unsigned limit)
{
    return (take(input) << 8 | take(input)) % limit;
}

/* The window begins here: near the end of all addresses, or at their start. */
static uint64_t base;
static struct region_tree tree;
static struct region *regions[REGIONS]; /* each in memory of its own */
static bool in_tree[REGIONS];
static unsigned owner[PAGES]; /* NONE for a free page */
static size_t count;

static uint64_t address_of(unsigned page)
{
    return base + page * PAGE_SIZE;
}

static unsigned page_of(uint64_t address)
{
    return (unsigned)((address - base) / PAGE_SIZE);
}

static void set_owner(unsigned first, unsigned end, unsigned number)
{
    for (unsigned page = first; page < end; page++)
        owner[page] = number;
}

static bool is_free(unsigned first, unsigned end, unsigned but)
{
    for (unsigned page = first; page < end; page++) {
        if (owner[page] != NONE && owner[page] != but)
            return false;
    }
    return true;
}

static void insert(struct input *input, unsigned number)
{
    unsigned first = take_below(input, PAGES - 20);
    unsigned end = first + 1 + take(input) % 12;
    struct region *region = calloc(1, sizeof(*region));

    CHECK(region != NULL);
    region->start = address_of(first);
    region->end = address_of(end);
    bool expected = is_free(first, end, NONE);
    CHECK(region_insert(&tree, region) == (expected ? OK : ERROR_EXISTS));
    if (!expected) {
        free(region);
        return;
    }
    regions[number] = region;
    in_tree[number] = true;
    set_owner(first, end, number);
    count++;
}

static void remove_one(unsigned number)
{
    struct region *region = regions[number];

    region_remove(&tree, region);
    set_owner(page_of(region->start), page_of(region->end), NONE);
    free(region); /* whoever still looks there is found out */
    regions[number] = NULL;
    in_tree[number] = false;
    count--;
}

/* Within the gap around it. */
static void resize(struct input *input, unsigned number)
{
    unsigned old_first = page_of(regions[number]->start), old_end = page_of(regions[number]->end);
    unsigned first = old_first + take(input) % 9, end = old_end + take(input) % 9;

    if (first < 4 || end < 4 || end - 4 > PAGES)
        return;
    first -= 4;
    end -= 4;
    unsigned low = first < old_first ? first : old_first, high = end > old_end ? end : old_end;
    if (first >= end || !is_free(low, high, number))
        return;
    region_resize(&tree, regions[number], address_of(first), address_of(end));
    set_owner(old_first, old_end, NONE);
    set_owner(first, end, number);
}

static void find(struct input *input)
{
    unsigned page = take_below(input, PAGES);
    const struct region *found = region_at_or_above(&tree, address_of(page) + take(input) * 16);

    while (page < PAGES && owner[page] == NONE)
        page++;
    CHECK(found == (page < PAGES ? regions[owner[page]] : NULL));
}

static void find_gap(struct input *input)
{
    unsigned low = take_below(input, PAGES), high = take_below(input, PAGES + 1);
    unsigned pages = 1 + take(input) % 24;
    struct region_wish wish = {.alignment = PAGE_SIZE
                                            << (take(input) % 8 == 0 ? take(input) % 52 : 0)};
    uint64_t start = UNTOUCHED;

    if (high < low)
        high = low;
    wish.low = address_of(low);
    wish.high = address_of(high);
    wish.size = pages * PAGE_SIZE;
    int result = region_find_gap(&tree, &wish, &start);
    for (unsigned page = low; page + pages <= high; page++) {
        if (address_of(page) % wish.alignment == 0 && is_free(page, page + pages, NONE)) {
            CHECK(result == OK && start == address_of(page));
            return;
        }
    }
    CHECK(result == ERROR_NO_SPACE && start == UNTOUCHED);
}

/* Checks a subtree, whose regions are the next from *page on. @return its height */
static int check_subtree(const struct region *node, unsigned *page, size_t *seen)
{
    if (node == NULL)
        return 0;
    int left = check_subtree(node->left, page, seen);
    while (*page < PAGES && owner[*page] == NONE)
        (*page)++;
    CHECK(*page < PAGES && regions[owner[*page]] == node);
    *page = page_of(node->end);
    (*seen)++;
    int right = check_subtree(node->right, page, seen);
    CHECK(left - right <= 1 && right - left <= 1);
    CHECK(node->height == (left > right ? left : right) + 1);

    uint64_t gap = 0, first = node->start, end = node->end;
    if (node->left != NULL) {
        first = node->left->subtree_start;
        gap = node->left->subtree_gap;
        if (node->start - node->left->subtree_end > gap)
            gap = node->start - node->left->subtree_end;
    }
    if (node->right != NULL) {
        end = node->right->subtree_end;
        if (node->right->subtree_gap > gap)
            gap = node->right->subtree_gap;
        if (node->right->subtree_start - node->end > gap)
            gap = node->right->subtree_start - node->end;
    }
    CHECK(node->subtree_gap == gap && node->subtree_start == first && node->subtree_end == end);
    return node->height;
}

static void check_tree(void)
{
    unsigned page = 0;
    size_t seen = 0;

    check_subtree(tree.root, &page, &seen);
    CHECK(seen == count && tree.count == count);
}

static void run(struct input *input)
{
    while (input->at != input->end) {
        unsigned action = take(input), number = take(input) % REGIONS;
        operations++;
        if (action % 8 < 3)
            find_gap(input);
        else if (action % 8 == 3)
            find(input);
        else if (!in_tree[number])
            insert(input, number);
        else if (action % 8 < 6)
            resize(input, number);
        else
            remove_one(number);
        if (operations % 16 == 0)
            check_tree();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, data + size};

    base = take(&input) % 2 == 0 ? 0 : UINT64_MAX - PAGES * PAGE_SIZE - PAGE_SIZE + 1;
    tree = (struct region_tree){0};
    set_owner(0, PAGES, NONE);
    count = 0;
    run(&input);
    check_tree();
    for (unsigned number = 0; number < REGIONS; number++) {
        if (in_tree[number])
            remove_one(number);
    }
    CHECK(tree.root == NULL && tree.count == 0);
    return 0;
}

int LLVMFuzzerInitialize(int *arguments, char ***words)
{
    (void)arguments;
    (void)words;
    atexit(print_operations);
    return 0;
}

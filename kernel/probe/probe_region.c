/*
 * Probes for trees of regions. One tree stays from request to request; regions have numbers.
 *
 *   region.fill BASE STRIDE REGIONS
 *     Empties the tree and adds regions, from BASE up. REGIONS is 8 bytes for each: how many pages
 *     are free before it, and how many it has. They are added in the order 0, STRIDE, 2 * STRIDE,
 *     …, modulo their number.
 *   region.fill_many BASE STRIDE COUNT SEED GAPS SIZES
 *     The same for COUNT regions whose numbers of pages are drawn from SEED: 0 to GAPS free, then 1
 *     to SIZES in use; see draw().
 *   region.gap WISHES
 *     Finds a place for each wish, of 32 bytes: low, high, size and alignment. Fact: `results`, the
 *     result and the start for each; the start is UNTOUCHED beforehand.
 *   region.trace STEPS
 *     STEPS are of 19 bytes: what to do, a region's number (2 bytes), and its start and its end.
 *     Facts: `results`, a number for each step that has one; `tree`, at a look, see look().
 *
 * All numbers are little-endian. The cost of a request is that of the tree's functions.
 */
#include "cairn/error.h"
#include "lib/string.h"
#include "probe/probe.h"
#include "region/region.h"

enum step { STEP_LOOK, STEP_INSERT, STEP_REMOVE, STEP_RESIZE, STEP_FIND, STEP_EMPTY, STEPS };

enum { REGIONS = 8192, RESULTS_MAX = 1024, LOOK_MAX = 512, STEP_BYTES = 19, NOTHING = 0xffff };

#define UNTOUCHED UINT64_C(0x5a5a5a5a5a5a5a5a)

static struct region regions[REGIONS];
static struct region_tree tree;
static uint64_t results[RESULTS_MAX];
static size_t result_count;

static void note(uint64_t number)
{
    if (result_count < RESULTS_MAX)
        results[result_count++] = number;
}

/* The next number of a sequence, below 2^31. */
static uint64_t draw(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

/* The regions' places are set: adds them. */
static void add_all(size_t count, size_t stride)
{
    tree = (struct region_tree){0};
    for (size_t i = 0; i < count; i++)
        (void)region_insert(&tree, &regions[i * stride % count]);
}

/* Puts a region behind `end`. @return its own end */
static uint64_t place(size_t number, uint64_t end, uint64_t free_pages, uint64_t pages)
{
    regions[number] = (struct region){.start = end + free_pages * PAGE_SIZE};
    regions[number].end = regions[number].start + pages * PAGE_SIZE;
    return regions[number].end;
}

static int run_fill(struct probe_request *request)
{
    uint64_t end, stride;
    uint32_t pages[2];
    size_t size;
    char *bytes;

    if (request->count != 3 || !probe_number(request, 0, &end) ||
        !probe_number(request, 1, &stride) || !probe_bytes(request, 2, &bytes, &size) ||
        size % sizeof(pages) != 0 || size / sizeof(pages) > REGIONS)
        return ERROR_USAGE;
    for (size_t i = 0; i < size / sizeof(pages); i++) {
        memcpy(pages, bytes + i * sizeof(pages), sizeof(pages));
        end = place(i, end, pages[0], pages[1]);
    }
    add_all(size / sizeof(pages), stride);
    return OK;
}
PROBE(region_fill)
= {.name = "region.fill", .run = run_fill};

static int run_fill_many(struct probe_request *request)
{
    uint64_t words[6]; /* as above */

    if (request->count != (int)ARRAY_COUNT(words))
        return ERROR_USAGE;
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        if (!probe_number(request, (int)i, &words[i]))
            return ERROR_USAGE;
    }
    if (words[2] > REGIONS || words[5] == 0)
        return ERROR_USAGE;
    for (size_t i = 0; i < words[2]; i++) {
        uint64_t free_pages = draw(&words[3]) % (words[4] + 1);
        words[0] = place(i, words[0], free_pages, 1 + draw(&words[3]) % words[5]);
    }
    add_all(words[2], words[1]);
    return OK;
}
PROBE(region_fill_many)
= {.name = "region.fill_many", .run = run_fill_many};

static int run_gap(struct probe_request *request)
{
    struct region_wish wish;
    size_t size;
    char *bytes;

    _Static_assert(sizeof(wish) == 32, "a wish is four numbers of 8 bytes");
    if (request->count != 1 || !probe_bytes(request, 0, &bytes, &size) || size % sizeof(wish) != 0)
        return ERROR_USAGE;
    result_count = 0;
    for (size_t at = 0; at < size; at += sizeof(wish)) {
        uint64_t start = UNTOUCHED;
        memcpy(&wish, bytes + at, sizeof(wish));
        probe_count_begin();
        int result = region_find_gap(&tree, &wish, &start);
        probe_count_end();
        note((uint64_t)result);
        note(start);
    }
    probe_fact_list(request, "results", results, result_count);
    return OK;
}
PROBE(region_gap)
= {.name = "region.gap", .run = run_gap};

static uint64_t number_of(const struct region *region)
{
    return region != NULL ? (uint64_t)(region - regions) : NOTHING;
}

/*
 * Tells the tree from the root down, first a node, then its left and its right subtree: the root's
 * number and the count; then for each node its number, its children's, its height, where it starts
 * and ends, and the three numbers about its subtree.
 */
static void look(const struct probe_request *request)
{
    static uint64_t told[2 + LOOK_MAX * 9];
    const struct region *stack[64];
    size_t waiting = 0, used = 0;

    told[used++] = number_of(tree.root);
    told[used++] = tree.count;
    if (tree.root != NULL)
        stack[waiting++] = tree.root;
    while (waiting > 0 && used + 9 <= ARRAY_COUNT(told)) {
        const struct region *node = stack[--waiting];
        const uint64_t facts[] = {
            number_of(node),        number_of(node->left), number_of(node->right),
            (uint64_t)node->height, node->start,           node->end,
            node->subtree_start,    node->subtree_end,     node->subtree_gap};
        memcpy(&told[used], facts, sizeof(facts));
        used += ARRAY_COUNT(facts);
        if (node->right != NULL && waiting < ARRAY_COUNT(stack))
            stack[waiting++] = node->right;
        if (node->left != NULL && waiting < ARRAY_COUNT(stack))
            stack[waiting++] = node->left;
    }
    probe_fact_bytes(request, "tree", told, used * sizeof(told[0]));
}

static void insert(struct region *region, uint64_t start, uint64_t end)
{
    region->start = start;
    region->end = end;
    probe_count_begin();
    int result = region_insert(&tree, region);
    probe_count_end();
    note((uint64_t)result);
}

static void find(uint64_t address)
{
    probe_count_begin();
    const struct region *found = region_at_or_above(&tree, address);
    probe_count_end();
    note(number_of(found));
}

static void run_step(const struct probe_request *request, enum step step, struct region *region,
                     const uint64_t *edges)
{
    switch (step) {
    case STEP_LOOK:
        look(request);
        break;
    case STEP_INSERT:
        insert(region, edges[0], edges[1]);
        break;
    case STEP_REMOVE:
        probe_count_begin();
        region_remove(&tree, region);
        probe_count_end();
        break;
    case STEP_RESIZE:
        probe_count_begin();
        region_resize(&tree, region, edges[0], edges[1]);
        probe_count_end();
        break;
    case STEP_FIND:
        find(edges[0]);
        break;
    default:
        tree = (struct region_tree){0};
    }
}

static int run_trace(struct probe_request *request)
{
    uint64_t edges[2];
    uint16_t number;
    size_t size;
    char *bytes;

    if (request->count != 1 || !probe_bytes(request, 0, &bytes, &size) || size % STEP_BYTES != 0)
        return ERROR_USAGE;
    result_count = 0;
    for (const char *at = bytes; at < bytes + size; at += STEP_BYTES) {
        memcpy(&number, at + 1, sizeof(number));
        memcpy(edges, at + 3, sizeof(edges));
        if ((uint8_t)*at >= STEPS || number >= REGIONS)
            return ERROR_USAGE;
        run_step(request, (enum step)(uint8_t)*at, &regions[number], edges);
    }
    probe_fact_list(request, "results", results, result_count);
    return OK;
}
PROBE(region_trace)
= {.name = "region.trace", .run = run_trace};

/*
 * Probes for the buddy system, with zones of their own.
 *
 *   buddy.run FIRST COUNT STEPS
 *
 * The zone has COUNT chunks from FIRST on; none is free at first. STEPS is four bytes for each
 * step: what to do, an order, and a chunk's distance from FIRST, low byte first:
 *   0 insert   buddy_insert()
 *   1 remove   buddy_remove(), if it is free
 *   2 take     buddy_take(); the chunk has no meaning
 *   3 give     buddy_give()
 *   4 show     tell what is free
 *   5 mark     outside of the zone, say that a free block begins there; the distance has a sign
 *
 * Facts, in the order of the steps: `taken`, result and chunk of a take, UNTOUCHED being what stood
 * there before; `free`, what there is when shown: the count of free chunks, at how many chunks a
 * free block begins by their states, then order and chunk of each free block, list by list from
 * the front; STRANGE and an order when a list leads to a link that is none of this zone's, or
 * never ends.
 *
 *   buddy.highest UPPER
 *
 * In a zone of two blocks of the highest order, the lower one is free and the upper one is given
 * (UPPER is 1), or the other way around. Fact: `free`, as above.
 */
#include "address_map/address_map.h"
#include "boot/boot.h"
#include "frames/buddy.h"
#include "lib/string.h"
#include "lib/util.h"
#include "probe/probe.h"

enum { STEP_INSERT, STEP_REMOVE, STEP_TAKE, STEP_GIVE, STEP_SHOW, STEP_MARK };
enum { STEP_BYTES = 4, CHUNKS_MAX = 4096, OUTSIDE = 2048, ROOM = CHUNKS_MAX + 2 * OUTSIDE };

#define UNTOUCHED UINT64_C(0x5a5a5a5a5a5a5a5a)
#define STRANGE   UINT64_C(0xff)

struct step {
    unsigned action;
    unsigned order;
    uint64_t chunk;
    int distance;
};

/* What lies before and behind the zone's own part is what a wrong solution finds there. */
static uint8_t states[ROOM];
static struct list_link links[ROOM];
static struct buddy buddy;
static uint64_t shown[2 * CHUNKS_MAX + 4];

static void prepare(uint64_t first, uint64_t count)
{
    memset(states, 0, sizeof(states));
    /* A block outside that is taken for a free one can be removed from its list. */
    for (size_t i = 0; i < ROOM; i++)
        links[i].next = links[i].previous = &links[i];
    buddy = (struct buddy){
        .first = first, .count = count, .states = states + OUTSIDE, .links = links + OUTSIDE};
    for (size_t order = 0; order < BUDDY_ORDERS; order++)
        list_init(&buddy.free[order]);
}

static struct step step_at(const char *bytes)
{
    const unsigned char *byte = (const unsigned char *)bytes;
    int distance = (int16_t)(byte[2] | byte[3] << 8);

    return (struct step){byte[0], byte[1], buddy.first + (uint64_t)(int64_t)distance, distance};
}

static bool is_sound(const struct step *step)
{
    bool inside = step->distance >= 0 && (uint64_t)step->distance < buddy.count;

    if (step->action == STEP_SHOW)
        return true;
    if (step->order >= BUDDY_ORDERS || step->action > STEP_MARK)
        return false;
    if (step->action == STEP_MARK)
        return !inside && step->distance >= -OUTSIDE && step->distance < CHUNKS_MAX + OUTSIDE;
    return inside || step->action == STEP_TAKE;
}

/* Whether a link lies where the zone's own are, or a block just outside of it. */
static bool is_known(const struct list_link *link)
{
    int64_t index = link - buddy.links;

    return index >= -OUTSIDE && index < (int64_t)buddy.count + OUTSIDE;
}

/* Adds the blocks of one list to what is shown. @return how many numbers there are then */
static size_t show_list(unsigned order, size_t at)
{
    const struct list_link *head = &buddy.free[order].head;

    for (const struct list_link *link = head->next; link != head; link = link->next) {
        if (!is_known(link) || at + 4 > ARRAY_COUNT(shown)) {
            shown[at++] = STRANGE;
            shown[at++] = order;
            break;
        }
        shown[at++] = order;
        shown[at++] = buddy_block_of(&buddy, link);
    }
    return at;
}

static void show(const struct probe_request *request, uint64_t marked)
{
    size_t at = 0;

    shown[at++] = buddy.free_chunks;
    shown[at++] = marked;
    for (unsigned order = 0; order < BUDDY_ORDERS && at + 4 <= ARRAY_COUNT(shown); order++)
        at = show_list(order, at);
    probe_fact_list(request, "free", shown, at);
}

/* At how many of the zone's chunks a free block begins. */
static uint64_t count_marked(void)
{
    uint64_t marked = 0;

    for (uint64_t i = 0; i < buddy.count; i++)
        marked += (buddy.states[i] & BUDDY_FREE) != 0;
    return marked;
}

static void take(const struct probe_request *request, unsigned order)
{
    uint64_t taken[2] = {0, UNTOUCHED};

    taken[0] = (uint64_t)buddy_take(&buddy, order, &taken[1]);
    probe_fact_list(request, "taken", taken, ARRAY_COUNT(taken));
}

static void do_step(const struct probe_request *request, const struct step *step)
{
    switch (step->action) {
    case STEP_INSERT:
        buddy_insert(&buddy, step->chunk, step->order);
        break;
    case STEP_REMOVE:
        /* A wrong solution may have lost it. */
        if (buddy_is_free(&buddy, step->chunk, step->order))
            buddy_remove(&buddy, step->chunk, step->order);
        break;
    case STEP_TAKE:
        take(request, step->order);
        break;
    case STEP_GIVE:
        buddy_give(&buddy, step->chunk, step->order);
        break;
    case STEP_MARK:
        states[OUTSIDE + step->distance] = (uint8_t)(BUDDY_FREE | step->order);
        break;
    default:
        show(request, count_marked());
    }
}

static int run_steps(struct probe_request *request)
{
    uint64_t first, count;
    char *bytes;
    size_t size;

    if (request->count != 3 || !probe_number(request, 0, &first) ||
        !probe_number(request, 1, &count) || count == 0 || count > CHUNKS_MAX ||
        !probe_bytes(request, 2, &bytes, &size) || size % STEP_BYTES != 0)
        return ERROR_USAGE;
    prepare(first, count);
    for (size_t at = 0; at < size; at += STEP_BYTES) {
        struct step step = step_at(bytes + at);
        if (!is_sound(&step))
            return ERROR_USAGE;
        do_step(request, &step);
    }
    return OK;
}
PROBE(buddy_run)
= {.name = "buddy.run", .run = run_steps};

/* Bytes of memory that are put back as they were. */
struct borrowed {
    void *place;
    struct list_link contents;
    size_t size;
};

static struct borrowed borrow(void *memory, size_t size)
{
    struct borrowed borrowed = {.place = memory, .size = size};

    memcpy(&borrowed.contents, memory, size);
    memset(memory, 0, size);
    return borrowed;
}

/* The end of a usable range that is so long; NULL when there is none. */
static char *memory_of(uint64_t size)
{
    for (size_t i = 0; i < boot_info.memory.count; i++) {
        const struct memory_range *range = &boot_info.memory.ranges[i];
        if (range->kind == MEMORY_USABLE && range->size >= size)
            return physical_pointer(range->base + range->size - size);
    }
    return NULL;
}

/*
 * The tables of such a zone are large, but what counts are the places of two blocks. They are
 * borrowed from whoever they belong to: nothing else runs meanwhile.
 */
static int run_highest(struct probe_request *request)
{
    const uint64_t size = UINT64_C(1) << (BUDDY_ORDERS - 1);
    char *memory = memory_of((size + 1) * sizeof(struct list_link));
    uint64_t upper;

    if (request->count != 1 || !probe_number(request, 0, &upper) || upper > 1)
        return ERROR_USAGE;
    if (memory == NULL)
        return ERROR_NO_MEMORY;
    prepare(0, 2 * size);
    buddy.links = (struct list_link *)(void *)memory;
    buddy.states = (uint8_t *)memory + sizeof(struct list_link);
    const struct borrowed places[] = {
        borrow(&buddy.links[0], sizeof(struct list_link)),
        borrow(&buddy.links[size], sizeof(struct list_link)),
        borrow(&buddy.states[0], 1),
        borrow(&buddy.states[size], 1),
    };

    buddy_insert(&buddy, upper != 0 ? 0 : size, BUDDY_ORDERS - 1);
    buddy_give(&buddy, upper != 0 ? size : 0, BUDDY_ORDERS - 1);
    show(request, (buddy.states[0] != 0) + (buddy.states[size] != 0));

    for (size_t i = 0; i < ARRAY_COUNT(places); i++)
        memcpy(places[i].place, &places[i].contents, places[i].size);
    return OK;
}
PROBE(buddy_highest)
= {.name = "buddy.highest", .run = run_highest};

/*
 * Fuzzing the parts of the frame allocator by themselves, each against a simple model: the search
 * through a chunk's bitmap, the buddy system, the stack of frames and the order of nodes. The first
 * byte of the input chooses.
 */
#include <stdlib.h>
#include <string.h>

#include "cairn/error.h"
#include "frames/bitmap.h"
#include "frames/buddy.h"
#include "frames/frame_cache.h"
#include "frames/node_order.h"
#include "machine.h"

enum { ZONE_FIRST = 3, ZONE_CHUNKS = 700, ZONE_ORDERS = 10, SOURCE_FRAMES = 4096 };

/* --- bitmap.h: bit by bit ------------------------------------------------------------------------
 */

static bool bit(const uint64_t *words, size_t index)
{
    return (words[index / 64] >> index % 64 & 1) != 0;
}

static size_t run_length(const uint64_t *words, size_t first)
{
    size_t end = first;

    while (end < CHUNK_FRAMES && bit(words, end))
        end++;
    return end - first;
}

static size_t slow_find_run(const uint64_t *words, size_t count, size_t alignment)
{
    for (size_t first = 0; first + count <= CHUNK_FRAMES; first += alignment) {
        if (run_length(words, first) >= count)
            return first;
    }
    return CHUNK_NO_RUN;
}

static size_t slow_longest_run(const uint64_t *words)
{
    size_t longest = 0;

    for (size_t first = 0; first < CHUNK_FRAMES; first++) {
        size_t length = run_length(words, first);
        longest = length > longest ? length : longest;
    }
    return longest;
}

/* A bitmap of runs, free and used in turn: of single bits there would hardly be long runs. */
static void try_bitmap(struct bytes *bytes)
{
    uint64_t *words = calloc(CHUNK_WORDS, sizeof(*words));
    bool is_free = bytes_take(bytes) % 2 == 0;

    REQUIRE(words != NULL);
    for (size_t at = 0; at < CHUNK_FRAMES; is_free = !is_free) {
        size_t length = 1 + bytes_take(bytes);
        for (; length > 0 && at < CHUNK_FRAMES; length--, at++)
            words[at / 64] |= (uint64_t)is_free << at % 64;
    }
    do {
        size_t count = 1 + bytes_below(bytes, CHUNK_FRAMES);
        size_t alignment = (size_t)1 << bytes_below(bytes, 10);
        REQUIRE(chunk_find_run(words, count, alignment) == slow_find_run(words, count, alignment));
        machine_count(1);
    } while (bytes->left > 0);
    REQUIRE(chunk_longest_run(words) == slow_longest_run(words));
    machine_count(1);
    free(words);
}

/* --- buddy.h: a byte for each chunk --------------------------------------------------------------
 */

static uint8_t states[ZONE_CHUNKS];
static struct list_link links[ZONE_CHUNKS];
static struct buddy buddy;
static uint8_t taken[ZONE_CHUNKS]; /* 1 + order where a block begins, else 0 */
static bool is_used[ZONE_CHUNKS];

/* Whether the whole block lies in the zone and is free. */
static bool block_is_free(uint64_t chunk, unsigned order)
{
    for (uint64_t i = chunk; i < chunk + (UINT64_C(1) << order); i++) {
        if (i - ZONE_FIRST >= ZONE_CHUNKS || is_used[i - ZONE_FIRST])
            return false;
    }
    return true;
}

/* The smallest order from the wanted one on in which there is a free block that can't be larger. */
static unsigned smallest_order(unsigned order)
{
    for (; order < BUDDY_ORDERS; order++) {
        if (!list_is_empty(&buddy.free[order]))
            break;
    }
    return order;
}

/* Every free chunk lies in the largest free block that there can be, and every list agrees. */
static void check_buddy(void)
{
    uint64_t free_chunks = 0;

    for (unsigned order = 0; order < BUDDY_ORDERS; order++) {
        const struct list_link *head = &buddy.free[order].head;
        for (const struct list_link *link = head->next; link != head; link = link->next) {
            uint64_t chunk = buddy_block_of(&buddy, link);
            uint64_t size = UINT64_C(1) << order;
            REQUIRE(chunk % size == 0 && buddy_is_free(&buddy, chunk, order));
            REQUIRE(block_is_free(chunk, order));
            REQUIRE(order + 1 == BUDDY_ORDERS || !block_is_free(chunk & ~size, order + 1));
            free_chunks += size;
        }
    }
    REQUIRE(free_chunks == buddy.free_chunks);
    for (uint64_t i = 0; i < ZONE_CHUNKS; i++)
        free_chunks -= !is_used[i];
    REQUIRE(free_chunks == 0);
}

static void give(uint64_t chunk, unsigned order)
{
    for (uint64_t i = 0; i < UINT64_C(1) << order; i++)
        is_used[chunk - ZONE_FIRST + i] = false;
    taken[chunk - ZONE_FIRST] = 0;
    buddy_give(&buddy, chunk, order);
}

static void take(unsigned order)
{
    uint64_t chunk = UINT64_MAX;
    unsigned from = smallest_order(order);
    struct list_link *front = from < BUDDY_ORDERS ? buddy.free[from].head.next : NULL;
    int error = buddy_take(&buddy, order, &chunk);

    if (front == NULL) {
        REQUIRE(error == ERROR_NO_MEMORY && chunk == UINT64_MAX);
        return;
    }
    REQUIRE(error == OK && chunk == buddy_block_of(&buddy, front) && block_is_free(chunk, order));
    for (uint64_t i = 0; i < UINT64_C(1) << order; i++)
        is_used[chunk - ZONE_FIRST + i] = true;
    taken[chunk - ZONE_FIRST] = (uint8_t)(1 + order);
}

static void try_buddy(struct bytes *bytes)
{
    memset(states, 0, sizeof(states));
    memset(taken, 0, sizeof(taken));
    memset(is_used, true, sizeof(is_used));
    buddy =
        (struct buddy){.first = ZONE_FIRST, .count = ZONE_CHUNKS, .states = states, .links = links};
    for (unsigned order = 0; order < BUDDY_ORDERS; order++)
        list_init(&buddy.free[order]);
    for (uint64_t chunk = ZONE_FIRST; chunk < ZONE_FIRST + ZONE_CHUNKS; chunk++)
        give(chunk, 0);
    check_buddy();
    while (bytes->left > 0) {
        uint8_t kind = bytes_take(bytes);
        uint64_t chunk = ZONE_FIRST + bytes_below(bytes, ZONE_CHUNKS);
        if (kind % 2 == 0)
            take(kind / 2 % ZONE_ORDERS);
        for (; kind % 2 == 1 && chunk < ZONE_FIRST + ZONE_CHUNKS; chunk++) {
            if (taken[chunk - ZONE_FIRST] != 0) {
                give(chunk, taken[chunk - ZONE_FIRST] - 1u);
                break;
            }
        }
        machine_count(1);
        if (kind >= 0xf0)
            check_buddy();
    }
    check_buddy();
}

/* --- frame_cache.h -------------------------------------------------------------------------------
 */

static uint64_t source_next, source_left;
static uint64_t expected[FRAME_CACHE_ROOM + 1]; /* the stack, as it must be */
static size_t expected_count;

static size_t source_take(uint64_t *frames, size_t count)
{
    size_t stored = 0;

    REQUIRE(expected_count == 0 && count == FRAME_CACHE_BATCH);
    for (; stored < count && source_left > 0; source_left--) {
        frames[stored] = source_next++ * PAGE_SIZE;
        expected[expected_count++] = frames[stored++];
    }
    return stored;
}

static void source_give(const uint64_t *frames, size_t count)
{
    REQUIRE(expected_count == FRAME_CACHE_ROOM && count == FRAME_CACHE_BATCH);
    REQUIRE(memcmp(frames, expected, count * sizeof(frames[0])) == 0);
    expected_count -= count;
    memmove(expected, expected + count, expected_count * sizeof(expected[0]));
}

static void try_frame_cache(struct bytes *bytes)
{
    static const struct frame_source source = {.take = source_take, .give = source_give};
    struct frame_cache *cache = calloc(1, sizeof(*cache));

    REQUIRE(cache != NULL);
    cache->source = &source;
    source_next = 1;
    source_left = bytes_below(bytes, SOURCE_FRAMES);
    expected_count = 0;
    while (bytes->left > 0) {
        uint8_t kind = bytes_take(bytes);
        for (unsigned repeat = 0; repeat <= kind / 8u; repeat++) {
            uint64_t physical = 1;
            machine_count(1);
            if (kind % 2 == 0) {
                int error = frame_cache_take(cache, &physical);
                REQUIRE(error == (expected_count > 0 ? OK : ERROR_NO_MEMORY));
                REQUIRE(physical == (expected_count > 0 ? expected[--expected_count] : 1));
            } else {
                physical = source_next++ * PAGE_SIZE;
                frame_cache_give(cache, physical);
                expected[expected_count++] = physical;
            }
            REQUIRE(cache->count == expected_count);
            REQUIRE(memcmp(cache->frames, expected, expected_count * sizeof(expected[0])) == 0);
        }
    }
    free(cache);
}

/* --- node_order.h --------------------------------------------------------------------------------
 */

static unsigned distance_of(uint8_t told, bool to_itself)
{
    if (to_itself)
        return 0;
    return told != 0 ? told : NODE_DISTANCE_FAR;
}

static void try_node_order(struct bytes *bytes)
{
    uint8_t distance[BOOT_NODES][BOOT_NODES];
    unsigned order[BOOT_NODES + 1];
    size_t count = 1 + bytes_below(bytes, BOOT_NODES);
    unsigned node = (unsigned)bytes_below(bytes, count);
    bool seen[BOOT_NODES] = {false};

    for (size_t i = 0; i < BOOT_NODES * BOOT_NODES; i++)
        /* Few values, so that nodes are often equally far, or not told. */
        distance[i / BOOT_NODES][i % BOOT_NODES] = (uint8_t)(bytes_take(bytes) % 8 * 5);
    memset(order, 0xff, sizeof(order));
    node_order(distance, count, node, order);
    machine_count(1);
    for (size_t i = 0; i < count; i++) {
        REQUIRE(order[i] < count && !seen[order[i]]);
        seen[order[i]] = true;
        if (i == 0)
            continue;
        unsigned before = distance_of(distance[node][order[i - 1]], order[i - 1] == node);
        unsigned here = distance_of(distance[node][order[i]], order[i] == node);
        REQUIRE(before <= here);
        if (before == here && order[i - 1] != node)
            REQUIRE((order[i - 1] + count - node) % count < (order[i] + count - node) % count);
    }
    REQUIRE(order[0] == node && order[count] == UINT32_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes bytes = {data, size};

    switch (bytes_take(&bytes) % 4) {
    case 0:
        try_bitmap(&bytes);
        break;
    case 1:
        try_buddy(&bytes);
        break;
    case 2:
        try_frame_cache(&bytes);
        break;
    default:
        do
            try_node_order(&bytes);
        while (bytes.left > 0);
    }
    return 0;
}

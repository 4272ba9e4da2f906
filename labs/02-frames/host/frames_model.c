/*
 * The model: bit by bit. See frames_model.h.
 */
#include "frames_model.h"

#include <string.h>

#include "address_map/address_map.h"
#include "frames/bitmap.h"

enum { SPAN_CHUNKS = MACHINE_END >> CHUNK_SHIFT };

struct live live[LIVE_MAX];
size_t live_count;
uint64_t owned[BOOT_NODES][FRAME_OWNERS];
uint64_t free_frames;

/* By chunk: which frames are free, and which the allocator has at all. */
static uint64_t free_map[SPAN_CHUNKS][CHUNK_WORDS], managed[SPAN_CHUNKS][CHUNK_WORDS];

static bool is_set(uint64_t map[][CHUNK_WORDS], uint64_t physical)
{
    uint64_t frame = physical / PAGE_SIZE;

    return physical < MACHINE_END &&
           (map[frame / CHUNK_FRAMES][frame % CHUNK_FRAMES / 64] >> frame % 64 & 1) != 0;
}

bool model_is_managed(uint64_t physical)
{
    return is_set(managed, physical);
}

bool model_is_free(uint64_t physical)
{
    return is_set(free_map, physical);
}

void model_learn(uint64_t physical)
{
    uint64_t frame = physical / PAGE_SIZE;
    uint64_t bit = UINT64_C(1) << frame % 64;

    REQUIRE(physical % PAGE_SIZE == 0 && physical < MACHINE_END && !is_set(managed, physical));
    managed[frame / CHUNK_FRAMES][frame % CHUNK_FRAMES / 64] |= bit;
    free_map[frame / CHUNK_FRAMES][frame % CHUNK_FRAMES / 64] |= bit;
    free_frames++;
}

/* Frames in use: those of a block count by whole chunks. */
static uint64_t frames_taken(uint64_t count)
{
    return count < CHUNK_FRAMES ? count : align_up(count, CHUNK_FRAMES);
}

void model_set(uint64_t physical, uint64_t count, bool is_free)
{
    for (uint64_t i = 0; i < frames_taken(count); i++) {
        uint64_t address = physical + i * PAGE_SIZE;
        uint64_t frame = address / PAGE_SIZE;
        REQUIRE(is_set(managed, address));
        REQUIRE(is_set(free_map, address) != is_free);
        free_map[frame / CHUNK_FRAMES][frame % CHUNK_FRAMES / 64] ^= UINT64_C(1) << frame % 64;
    }
    free_frames += is_free ? frames_taken(count) : -frames_taken(count);
}

/* The first and the last byte say whose memory it is. */
static void mark(const struct live *entry)
{
    char *bytes = physical_pointer(entry->physical);

    memcpy(bytes, &entry->physical, sizeof(entry->physical));
    memcpy(bytes + entry->count * PAGE_SIZE - sizeof(entry->physical), &entry->physical,
           sizeof(entry->physical));
}

void check_mark(const struct live *entry)
{
    const char *bytes = physical_pointer(entry->physical);

    REQUIRE(memcmp(bytes, &entry->physical, sizeof(entry->physical)) == 0);
    REQUIRE(memcmp(bytes + entry->count * PAGE_SIZE - sizeof(entry->physical), &entry->physical,
                   sizeof(entry->physical)) == 0);
}

void add_live(uint64_t physical, uint64_t count, enum frame_owner owner)
{
    struct live *entry = &live[live_count++];

    *entry = (struct live){physical, count, 1, (uint8_t)owner};
    model_set(physical, count, false);
    owned[machine_node(physical)][owner] += frames_taken(count);
    mark(entry);
    const struct frame *frame = frame_at(physical);
    REQUIRE(frame != NULL && frame->references == 1 && frame->owner == owner);
}

void forget_live(size_t index)
{
    struct live *entry = &live[index];

    model_set(entry->physical, entry->count, true);
    owned[machine_node(entry->physical)][entry->owner] -= frames_taken(entry->count);
    *entry = live[--live_count];
}

/* --- whether a request could have been served ----------------------------------------------------
 */

static bool all_free(uint64_t frame, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        if (!is_set(free_map, (frame + i) * PAGE_SIZE))
            return false;
    }
    return true;
}

/* A run of one chunk: tried at every aligned place. */
static bool chunk_has_run(uint64_t chunk, uint64_t count, uint64_t alignment)
{
    uint64_t any = 0;

    for (size_t word = 0; word < CHUNK_WORDS; word++)
        any |= free_map[chunk][word];
    if (any == 0)
        return false;
    for (uint64_t first = 0; first + count <= CHUNK_FRAMES; first += alignment) {
        if (all_free(chunk * CHUNK_FRAMES + first, count))
            return true;
    }
    return false;
}

/* A block of 2^order chunks of one zone. */
static bool has_block(uint64_t chunk, unsigned order)
{
    uint64_t size = UINT64_C(1) << order;

    for (uint64_t i = 0; i < size && free_map[chunk][0] != 0; i++) {
        if (chunk + i >= SPAN_CHUNKS ||
            machine_node((chunk + i) << CHUNK_SHIFT) != machine_node(chunk << CHUNK_SHIFT))
            return false;
        for (size_t word = 0; word < CHUNK_WORDS; word++) {
            if (free_map[chunk + i][word] != UINT64_MAX)
                return false;
        }
    }
    return free_map[chunk][0] != 0;
}

bool could_serve(const struct frame_request *request)
{
    uint64_t alignment = request->alignment > PAGE_SIZE ? request->alignment / PAGE_SIZE : 1;
    uint64_t end = request->low ? FRAMES_LOW_END >> CHUNK_SHIFT : SPAN_CHUNKS;
    unsigned node = request->has_node ? request->node : frames_local_node();
    bool is_run = request->count < CHUNK_FRAMES && alignment <= CHUNK_FRAMES;
    uint64_t chunks = (request->count - 1) / CHUNK_FRAMES + 1;
    unsigned order = 0;

    if (chunks > SPAN_CHUNKS || alignment / CHUNK_FRAMES > SPAN_CHUNKS)
        return false;
    while (UINT64_C(1) << order < chunks || UINT64_C(1) << order < alignment / CHUNK_FRAMES)
        order++;
    for (uint64_t chunk = 0; chunk < end; chunk += is_run ? 1 : UINT64_C(1) << order) {
        if (request->only_node && machine_node(chunk << CHUNK_SHIFT) != node)
            continue;
        if (is_run ? chunk_has_run(chunk, request->count, alignment) : has_block(chunk, order))
            return true;
    }
    return false;
}

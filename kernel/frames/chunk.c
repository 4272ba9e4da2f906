/*
 * One split chunk: its bitmap, and the list that it belongs in.
 */
#include "frames/zone.h"
#include "lib/string.h"

//@quote [chunk-know]
void chunk_know(struct zone *zone, uint64_t chunk)
{
    uint64_t bit = UINT64_C(1) << chunk % 64;
    struct frame *frames = &zone->table.frames[chunk * CHUNK_FRAMES];

    if ((zone->known[chunk / 64] & bit) != 0)
        return;
    zone->known[chunk / 64] |= bit;
    /* Of an allocated block the first frame is valid already. */
    size_t valid = zone->table.states[chunk] == CHUNK_BLOCK ? 1 : 0;
    memset(frames + valid, 0, (CHUNK_FRAMES - valid) * sizeof(*frames));
}
//@quote [chunk-know]

void chunk_split(struct zone *zone, uint64_t chunk)
{
    chunk_know(zone, chunk);
    zone->table.states[chunk] = CHUNK_SPLIT;
    zone->chunks[chunk] = (struct chunk){.usable = CHUNK_FRAMES, .list = RUN_LIST_NONE};
}

/* The bits of one word of a bitmap that lie within [first, end). */
static uint64_t word_mask(size_t word, size_t first, size_t end)
{
    uint64_t mask = UINT64_MAX;

    if (first > word * 64)
        mask <<= first % 64;
    if (end < word * 64 + 64)
        mask &= UINT64_MAX >> (64 - end % 64);
    return mask;
}

bool chunk_mark(struct zone *zone, uint64_t chunk, size_t first, size_t count, bool free)
{
    struct chunk *entry = &zone->chunks[chunk];
    size_t end = first + count;

    for (size_t word = first / 64; word * 64 < end; word++) {
        if (((free ? entry->free[word] : ~entry->free[word]) & word_mask(word, first, end)) != 0)
            return false;
    }
    for (size_t word = first / 64; word * 64 < end; word++)
        entry->free[word] ^= word_mask(word, first, end);
    entry->free_count = (uint16_t)(free ? entry->free_count + count : entry->free_count - count);
    zone->split_free = free ? zone->split_free + count : zone->split_free - count;
    return true;
}

size_t chunk_take_frames(struct zone *zone, uint64_t chunk, uint64_t *frames, size_t count)
{
    struct chunk *entry = &zone->chunks[chunk];
    size_t taken = 0;

    for (size_t word = 0; word < CHUNK_WORDS && taken < count; word++) {
        uint64_t bits = entry->free[word];
        while (bits != 0 && taken < count) {
            /* A run of free frames at once: to find each of them costs more than to take it. */
            size_t first = (size_t)__builtin_ctzll(bits);
            uint64_t used = ~(bits >> first);
            size_t run = used == 0 ? 64 : (size_t)__builtin_ctzll(used);
            size_t end = taken + run < count ? taken + run : count;
            uint64_t address = zone_address(zone, chunk, word * 64 + first);
            bits &= ~word_mask(0, first, first + (end - taken));
            for (; taken < end; address += PAGE_SIZE)
                frames[taken++] = address;
        }
        entry->free[word] = bits;
    }
    entry->free_count = (uint16_t)(entry->free_count - taken);
    zone->split_free -= taken;
    return taken;
}

size_t chunk_give_frames(struct zone *zone, uint64_t chunk, const uint64_t *frames, size_t count)
{
    struct chunk *entry = &zone->chunks[chunk];
    size_t given = 0;
    size_t i = 0;

    for (; i < count && zone_chunk(zone, frames[i]) == chunk; i++) {
        size_t frame = chunk_frame(frames[i]);
        uint64_t bit = UINT64_C(1) << frame % 64;
        if ((entry->free[frame / 64] & bit) != 0 ||
            zone_frame(zone, frames[i] & ~(PAGE_SIZE - 1))->owner != FRAME_FREE) {
            frames_distrust("frame_cache_give", frames[i]);
            continue;
        }
        entry->free[frame / 64] |= bit;
        given++;
    }
    entry->free_count = (uint16_t)(entry->free_count + given);
    zone->split_free += given;
    return i;
}

/*
 * The longest run as exercise 2.1 tells it, within what can be: a chunk with free frames is never
 * lost, because single frames can always be taken from it.
 */
static uint16_t longest_run(const struct chunk *entry)
{
    if (entry->free_count == 0)
        return 0;
    size_t longest = chunk_longest_run(entry->free);
    if (longest == 0)
        return 1;
    return longest < entry->free_count ? (uint16_t)longest : entry->free_count;
}

/* Puts a chunk into the list for its longest run. */
static void move_to_list(struct zone *zone, uint64_t chunk, uint16_t longest) REQUIRES(zone->lock)
{
    struct chunk *entry = &zone->chunks[chunk];
    unsigned list = longest == 0 ? RUN_LIST_NONE : 63 - (unsigned)__builtin_clzll(longest);

    entry->longest = longest;
    if (entry->list == list)
        return;
    if (entry->list != RUN_LIST_NONE)
        list_remove(&zone->buddy.links[chunk]);
    if (list != RUN_LIST_NONE)
        list_add_first(&zone->partial[list], &zone->buddy.links[chunk]);
    entry->list = (uint8_t)list;
}

void chunk_settle(struct zone *zone, uint64_t chunk)
{
    const struct chunk *entry = &zone->chunks[chunk];
    bool all_free = entry->free_count == CHUNK_FRAMES;

    move_to_list(zone, chunk, all_free ? 0 : longest_run(entry));
    if (all_free) {
        zone->split_free -= CHUNK_FRAMES;
        zone->table.states[chunk] = CHUNK_INSIDE;
        zone_give_chunks(zone, chunk, 1);
    }
}

/*
 * A zone's tables, at start-up. They lie at the end of the zone's largest piece, one after another:
 *
 *   struct frame    512 a chunk, 16 bytes each    8192 bytes a chunk
 *   struct chunk    1                               80
 *   link            1                               16
 *   known           1 bit
 *   states          1 byte
 *
 * 8,290 bytes for 2 MiB: 0.4 %. Only the last two are written now.
 */
#include "frames/zone.h"

#include "address_map/address_map.h"
#include "cairn/error.h"
#include "lib/string.h"

/* The tables of a zone may take 1/20 of its memory, that is 5 %. */
enum { TABLES_SHARE = 20 };

static uint64_t known_bytes(uint64_t chunks)
{
    return align_up(chunks, 64) / 8;
}

INIT_TEXT static uint64_t tables_bytes(uint64_t chunks)
{
    uint64_t each = CHUNK_FRAMES * sizeof(struct frame) + sizeof(struct chunk) +
                    sizeof(struct list_link) + sizeof(uint8_t);

    return align_up(chunks * each + known_bytes(chunks), PAGE_SIZE);
}

/* The chunks from the first to the last of some pieces. */
INIT_TEXT static uint64_t chunks_of(const struct memory_piece *pieces, size_t count)
{
    return ((pieces[count - 1].end - 1) >> CHUNK_SHIFT) - (pieces[0].base >> CHUNK_SHIFT) + 1;
}

INIT_TEXT uint64_t zone_usable(const struct memory_piece *pieces, size_t count)
{
    uint64_t usable = 0;

    for (size_t i = 0; i < count; i++)
        usable += pieces[i].end - pieces[i].base;
    return usable;
}

INIT_TEXT static size_t largest_piece(const struct memory_piece *pieces, size_t count)
{
    size_t largest = 0;

    for (size_t i = 1; i < count; i++) {
        if (pieces[i].end - pieces[i].base > pieces[largest].end - pieces[largest].base)
            largest = i;
    }
    return largest;
}

INIT_TEXT bool zone_tables_fit(const struct memory_piece *pieces, size_t count)
{
    uint64_t bytes = tables_bytes(chunks_of(pieces, count));
    const struct memory_piece *home = &pieces[largest_piece(pieces, count)];

    return bytes <= zone_usable(pieces, count) / TABLES_SHARE && bytes <= home->end - home->base;
}

void zone_add_frames(struct zone *zone, uint64_t base, uint64_t end)
{
    uint64_t chunk = zone_chunk(zone, base);
    struct frame *frames = &zone->table.frames[chunk * CHUNK_FRAMES];
    size_t first = chunk_frame(base);
    size_t count = (end - base) / PAGE_SIZE;

    if (zone->table.states[chunk] != CHUNK_SPLIT) {
        chunk_split(zone, chunk);
        zone->chunks[chunk].usable = 0;
        for (size_t i = 0; i < CHUNK_FRAMES; i++)
            frames[i].owner = FRAME_RESERVED;
    }
    for (size_t i = first; i < first + count; i++)
        frames[i].owner = FRAME_FREE;
    zone->chunks[chunk].usable = (uint16_t)(zone->chunks[chunk].usable + count);
    chunk_mark(zone, chunk, first, count, true);
    chunk_settle(zone, chunk);
}

/*
 * Makes a piece, without its tables, free: the frames up to a chunk's border, whole chunks, the
 * frames behind the last border. Chunks go without exercise 2.3: blocks as large as these can't be
 * merged.
 */
INIT_TEXT static void add_memory(struct zone *zone, uint64_t base, uint64_t end)
    REQUIRES(zone->lock)
{
    zone->usable += (end - base) / PAGE_SIZE;
    while (base < end) {
        uint64_t border = align_up(base + 1, CHUNK_SIZE);
        if (base % CHUNK_SIZE == 0 && border <= end) {
            border = align_down(end, CHUNK_SIZE);
            zone_cut_blocks(zone, zone_chunk(zone, base), (border - base) / CHUNK_SIZE,
                            buddy_insert);
        } else {
            border = border < end ? border : end;
            zone_add_frames(zone, base, border);
        }
        base = border;
    }
}

/* Chunks that have no part in any piece, and those that the tables fill. */
INIT_TEXT static void mark_holes(struct zone *zone, uint64_t base, uint64_t end)
{
    uint64_t first = zone_chunk(zone, align_up(base, CHUNK_SIZE));
    uint64_t last = zone_chunk(zone, align_down(end, CHUNK_SIZE));

    for (uint64_t chunk = first; chunk < last; chunk++)
        zone->table.states[chunk] = CHUNK_HOLE;
}

//@quote [zone-place-tables]
/* Puts the tables at physical address base. */
INIT_TEXT static void place_tables(struct zone *zone, uint64_t base) REQUIRES(zone->lock)
{
    char *next = physical_pointer(base);

    zone->table.frames = (struct frame *)(void *)next;
    next += zone->count * CHUNK_FRAMES * sizeof(struct frame);
    zone->chunks = (struct chunk *)(void *)next;
    next += zone->count * sizeof(struct chunk);
    zone->buddy.links = (struct list_link *)(void *)next;
    next += zone->count * sizeof(struct list_link);
    zone->known = (uint64_t *)(void *)next;
    memset(zone->known, 0, known_bytes(zone->count));
    next += known_bytes(zone->count);
    zone->table.states = (uint8_t *)next;
    memset(zone->table.states, CHUNK_INSIDE, zone->count);
}
//@quote [zone-place-tables]

INIT_TEXT static void start_empty(struct zone *zone) REQUIRES(zone->lock)
{
    zone->buddy.first = zone->first;
    zone->buddy.count = zone->count;
    zone->buddy.states = zone->table.states;
    for (unsigned order = 0; order < BUDDY_ORDERS; order++)
        list_init(&zone->buddy.free[order]);
    for (unsigned list = 0; list < RUN_LISTS; list++)
        list_init(&zone->partial[list]);
    zone->spare = NO_CHUNK;
}

INIT_TEXT int zone_lay_out(struct zone *zone, const struct memory_piece *pieces, size_t count)
{
    uint64_t chunks = chunks_of(pieces, count);
    uint64_t bytes = tables_bytes(chunks);
    const struct memory_piece *home = &pieces[largest_piece(pieces, count)];

    if (!zone_tables_fit(pieces, count))
        return ERROR_NO_SPACE;

    spinlock_acquire(&zone->lock);
    zone->table.base = align_down(pieces[0].base, CHUNK_SIZE);
    zone->first = zone->table.base >> CHUNK_SHIFT;
    zone->count = chunks;
    zone->table.size = chunks * CHUNK_SIZE;
    zone->node = pieces[0].node;
    zone->metadata = bytes / PAGE_SIZE;
    place_tables(zone, home->end - bytes);
    start_empty(zone);
    for (size_t i = 0; i < count; i++) {
        uint64_t end = &pieces[i] == home ? home->end - bytes : pieces[i].end;
        add_memory(zone, pieces[i].base, end);
        mark_holes(zone, end,
                   i + 1 < count ? pieces[i + 1].base : align_up(pieces[i].end, CHUNK_SIZE));
    }
    spinlock_release(&zone->lock);
    return OK;
}

/*
 * The model: see heap_model.h. An overlap would show as a piece that is filled with another's byte.
 */
#include "heap_model.h"

#include <string.h>

struct piece pieces[PIECES_MAX];
size_t piece_count;

/* By address: the piece's index + 1; open addressing, with room to spare. */
enum { PLACES = 4 * PIECES_MAX };
static uint32_t places[PLACES];

void fill_bytes(char *address, size_t count, uint8_t fill)
{
    memset(address, fill, count);
}

void check_bytes(const char *address, size_t count, uint8_t fill)
{
    for (size_t i = 0; i < count; i++)
        REQUIRE((uint8_t)address[i] == fill);
}

static size_t place_of(const void *address)
{
    size_t place = (size_t)((uintptr_t)address * UINT64_C(0x9e3779b97f4a7c15) >> 40) % PLACES;

    while (places[place] != 0 && pieces[places[place] - 1].address != address)
        place = (place + 1) % PLACES;
    return place;
}

const struct piece *find_piece(const void *address)
{
    uint32_t found = places[place_of(address)];

    return found != 0 ? &pieces[found - 1] : NULL;
}

/* Takes a place out; those behind it that it held up move on. */
static void free_place(size_t place)
{
    places[place] = 0;
    for (size_t next = (place + 1) % PLACES; places[next] != 0; next = (next + 1) % PLACES) {
        uint32_t moved = places[next];
        places[next] = 0;
        places[place_of(pieces[moved - 1].address)] = moved;
    }
}

struct object_cache *home_of(size_t size)
{
    struct object_cache *best = NULL;

    for (struct object_cache *cache = cache_next(NULL); cache != NULL; cache = cache_next(cache)) {
        if (cache->is_heap && cache->size >= size && (best == NULL || cache->size < best->size))
            best = cache;
    }
    return best;
}

static size_t alignment_of(const struct piece *piece)
{
    if (piece->cache != NULL)
        return piece->cache->alignment != 0 ? piece->cache->alignment : HEAP_ALIGNMENT;
    if (piece->size >= 64 && piece->size <= PAGE_SIZE && (piece->size & (piece->size - 1)) == 0)
        return piece->size;
    return HEAP_ALIGNMENT;
}

void add_piece(char *address, size_t size, struct object_cache *cache, uint64_t serial)
{
    static uint8_t next_fill;

    REQUIRE(piece_count < PIECES_MAX && find_piece(address) == NULL);
    struct piece *piece = &pieces[piece_count++];
    next_fill = (uint8_t)(next_fill % 255 + 1);
    *piece = (struct piece){.address = address,
                            .size = size,
                            .cache = cache,
                            .home = cache != NULL ? cache : home_of(size),
                            .serial = serial,
                            .fill = next_fill};
    places[place_of(address)] = (uint32_t)piece_count;
    REQUIRE((uintptr_t)address % alignment_of(piece) == 0);
    fill_bytes(address, size, next_fill);
}

struct piece remove_piece(size_t index)
{
    struct piece piece = pieces[index];
    uint32_t last = (uint32_t)piece_count--;

    free_place(place_of(piece.address));
    if (index + 1 != last) {
        places[place_of(pieces[last - 1].address)] = (uint32_t)index + 1;
        pieces[index] = pieces[last - 1];
    }
    return piece;
}

void give_back(struct object_cache *cache, void *address)
{
    if (cache == NULL)
        heap_free(address);
    else
        object_free(cache, address);
}

void free_piece(size_t index)
{
    struct piece piece = remove_piece(index);
    uint64_t mistakes = heap_mistakes();

    check_bytes(piece.address, piece.size, piece.fill);
    if (piece.cache != NULL && piece.cache->constructor != NULL)
        fill_bytes(piece.address, piece.size, CONSTRUCTED);
    machine_count(1);
    give_back(piece.cache, piece.address);
    REQUIRE(heap_mistakes() == mistakes);
}

void must_be_mistake(struct object_cache *cache, void *address, const char *wrong)
{
    uint64_t before = heap_mistakes();

    machine_forget();
    give_back(cache, address);
    REQUIRE(heap_mistakes() == before + 1);
    REQUIRE(machine_said(wrong) && machine_said("is freed, but") && machine_said("called by"));
}

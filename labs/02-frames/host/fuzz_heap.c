/*
 * Fuzzing the whole heap on top of the frame allocator: the input is a list of operations, the
 * model (heap_model.h) knows every piece in use. With COMMAND_LINE=heap=checked, objects are under
 * watch, and damage is done on purpose.
 *
 * After each input everything is freed, and the heap must have given its frames back.
 */
#include <stdlib.h>
#include <string.h>

#include "address_map/address_map.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "frames/frames.h"
#include "heap_model.h"

int machine_frames_init(void);
int machine_heap_checker_init(void);
int machine_heap_init(void);

static void construct_small(void *object)
{
    fill_bytes(object, 40, CONSTRUCTED);
}

static void construct_large(void *object)
{
    fill_bytes(object, 1800, CONSTRUCTED);
}

static OBJECT_CACHE(tiny_cache, "tiny", 1, NULL);
static OBJECT_CACHE(odd_cache, "odd", 77, NULL);
static OBJECT_CACHE(small_cache, "small", 40, construct_small);
static OBJECT_CACHE(large_cache, "large", 1800, construct_large);
static OBJECT_CACHE(page_cache, "pages", 4096, NULL);
static OBJECT_CACHE(huge_cache, "huge", 70000, NULL); /* no slab holds one */
static struct object_cache *const caches[] = {&tiny_cache,  &odd_cache,  &small_cache,
                                              &large_cache, &page_cache, &huge_cache};

static uint64_t at_start[FRAME_OWNERS];

/* --- allocating and freeing ----------------------------------------------------------------------
 */

/* Without memory for a slab, and then for what belongs to it, NULL is right. */
static void check_exhausted(const struct object_cache *cache)
{
    const struct frame_request request = {.count = cache->slab_frames, .owner = FRAME_KERNEL};
    uint64_t slab, another;

    if (machine_fails || cache->slab_objects == 0 || frames_allocate(&request, &slab) != OK)
        return;
    REQUIRE(frame_allocate(FRAME_KERNEL, &another) != OK);
    frames_free(slab, request.count);
}

static void allocate_memory(size_t size, bool zeroed)
{
    uint64_t serial = heap_serial();
    char *memory;

    if (piece_count == PIECES_MAX)
        return;
    memory = zeroed ? heap_allocate_zeroed(size) : heap_allocate(size);
    machine_count(1);
    if (memory == NULL) {
        if (size != 0 && size <= HEAP_SIZE_MAX && home_of(size) != NULL)
            check_exhausted(home_of(size));
        return;
    }
    REQUIRE(size != 0 && size <= HEAP_SIZE_MAX);
    if (zeroed)
        check_bytes(memory, size, 0);
    add_piece(memory, size, NULL, serial);
}

static void allocate_object(struct object_cache *cache)
{
    uint64_t serial = heap_serial();
    char *object;

    if (piece_count == PIECES_MAX)
        return;
    object = object_allocate(cache);
    machine_count(1);
    if (object == NULL) {
        check_exhausted(cache);
        return;
    }
    REQUIRE(cache != &huge_cache);
    if (cache->constructor != NULL)
        check_bytes(object, cache->size, CONSTRUCTED);
    add_piece(object, cache->size, cache, serial);
}

static void allocate_some(struct bytes *bytes)
{
    uint8_t kind = bytes_take(bytes);

    if (kind % 4 == 0)
        allocate_object(caches[kind / 4 % ARRAY_COUNT(caches)]);
    else if (kind < 240)
        allocate_memory(1 + bytes_below(bytes, 1u << (4 + kind / 4 % 10)), kind % 4 == 1);
    else
        allocate_memory(bytes_below(bytes, 9000), kind % 4 == 1);
}

/* Many pieces of one kind: magazines fill, and the depot with them. */
static void allocate_many(struct bytes *bytes)
{
    size_t size = 1 + bytes_below(bytes, 1u << (4 + bytes_take(bytes) % 10));
    size_t number = bytes_take(bytes);

    if (size > 1024 && number < 224)
        number %= 24;
    for (size_t i = 0; i < 2 * number; i++) {
        if (size % 4 == 0)
            allocate_object(caches[size / 4 % ARRAY_COUNT(caches)]);
        else
            allocate_memory(size, false);
    }
}

static void free_many(struct bytes *bytes)
{
    size_t step = 1 + bytes_below(bytes, 4);

    for (size_t index = piece_count; index >= step; index -= step)
        free_piece(index - step);
}

/* --- mistakes ------------------------------------------------------------------------------------
 */

static void free_wrongly(struct bytes *bytes)
{
    static uint64_t variable[2];
    uint8_t kind = bytes_take(bytes);

    give_back(kind % 2 == 0 ? NULL : &odd_cache, NULL);
    if (kind % 8 == 0)
        must_be_mistake(NULL, variable, "it is not of the heap");
    else if (kind % 8 == 1)
        must_be_mistake(&odd_cache, machine_arena + bytes_below(bytes, MACHINE_END) / 64 * 64 + 1,
                        "");
    if (piece_count == 0)
        return;
    const struct piece *piece = &pieces[bytes_below(bytes, piece_count)];
    if (kind % 8 == 2 && piece->size > 1)
        must_be_mistake(piece->cache, piece->address + 1 + bytes_below(bytes, piece->size - 1),
                        "no object begins there");
    else if (kind % 8 == 3)
        must_be_mistake(piece->cache != &tiny_cache ? &tiny_cache : &odd_cache, piece->address,
                        "it is of another cache");
    else if (kind % 8 == 4 && piece->cache != NULL)
        must_be_mistake(NULL, piece->address, "it is an object for object_free()");
}

/* Who allocated an object, and what it is, is told by any of its bytes. */
static void describe(struct bytes *bytes)
{
    if (piece_count == 0)
        return;
    const struct piece *piece = &pieces[bytes_below(bytes, piece_count)];
    machine_forget();
    heap_describe(piece->address + bytes_below(bytes, piece->size));
    REQUIRE(machine_said(piece->home->name));
    REQUIRE(machine_said("allocated as number") == checked);
    machine_forget();
    heap_describe(machine_arena);
    heap_describe(&piece);
    REQUIRE(!machine_said("object"));
}

/* --- all of it -----------------------------------------------------------------------------------
 */

/* What the caches count as used is what is in use. */
static void check_caches(void)
{
    for (struct object_cache *cache = cache_next(NULL); cache != NULL; cache = cache_next(cache)) {
        struct cache_statistics count = cache_count(cache);
        size_t used = 0;
        bool is_ours = cache->is_heap;
        for (size_t i = 0; i < ARRAY_COUNT(caches); i++)
            is_ours = is_ours || cache == caches[i];
        REQUIRE(count.used <= count.slabs * cache->slab_objects && count.cached <= count.used);
        for (size_t i = 0; is_ours && i < piece_count; i++)
            used += pieces[i].home == cache;
        REQUIRE(!is_ours || cache->checked == checked);
        REQUIRE(!is_ours || count.used - count.cached == used);
    }
}

static void check_some(struct bytes *bytes)
{
    uint8_t kind = bytes_take(bytes);

    for (size_t i = 0; i < 32 && i < piece_count; i++) {
        const struct piece *piece = &pieces[bytes_below(bytes, piece_count)];
        check_bytes(piece->address, piece->size, piece->fill);
    }
    if (kind < 24)
        check_caches();
    if (kind % 8 == 0)
        heap_shrink();
    else if (kind % 8 == 1)
        object_cache_shrink(caches[kind / 8 % ARRAY_COUNT(caches)]);
}

static void operate(struct bytes *bytes)
{
    uint8_t kind = bytes_take(bytes);

    if (kind < 110)
        allocate_some(bytes);
    else if (kind < 210 && piece_count > 0)
        free_piece(bytes_below(bytes, piece_count));
    else if (kind < 218)
        free_wrongly(bytes);
    else if (kind < 222)
        describe(bytes);
    else if (kind < 228)
        do_damage(bytes);
    else if (kind < 231)
        list_leaks(bytes);
    else if (kind < 240)
        check_some(bytes);
    else if (kind < 246)
        allocate_many(bytes);
    else if (kind < 250)
        free_many(bytes);
    else
        machine_turn_failures(1 + bytes_take(bytes) % 8);
}

static void count_owned(uint64_t *owned)
{
    memset(owned, 0, FRAME_OWNERS * sizeof(*owned));
    for (unsigned node = 0; node < boot_info.node_count; node++) {
        struct frame_statistics now;
        REQUIRE(frames_count(node, &now) == OK);
        for (unsigned owner = FRAME_FREE + 1; owner < FRAME_OWNERS; owner++)
            owned[owner] += now.owned[owner];
    }
}

/* Frees all. Only slabs with damaged objects are kept, and what each cache has once for all. */
static void check_end(void)
{
    uint64_t owned[FRAME_OWNERS];

    while (piece_count > 0)
        free_piece(piece_count - 1);
    heap_shrink();
    count_owned(owned);
    for (unsigned owner = 0; owner < FRAME_OWNERS; owner++)
        REQUIRE(owned[owner] >= at_start[owner] &&
                owned[owner] <= at_start[owner] + (owner == FRAME_HEAP ? 16 * damaged_count : 0));
    if (checked)
        check_damage();
    REQUIRE(machine_interrupts_on && frames_mistakes() == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    machine_operate(data, size, operate);
    check_end();
    return 0;
}

int LLVMFuzzerInitialize(int *count, char ***words)
{
    (void)count;
    (void)words;
    machine_start();
    checked = strstr(boot_info.command_line, "heap=checked") != NULL;
    REQUIRE(machine_frames_init() == OK && machine_heap_checker_init() == OK &&
            machine_heap_init() == OK);
    object_cache_shrink(&odd_cache); /* before its first use: nothing */
    odd_cache.alignment = 4;
    small_cache.alignment = 256;
    page_cache.alignment = PAGE_SIZE;
    /* Every cache gets its magazines now, so that all inputs end with the same frames in use. */
    for (size_t bytes = 1; bytes <= HEAP_SIZE_MAX; bytes += 8)
        allocate_memory(bytes, false);
    for (size_t i = 0; i < ARRAY_COUNT(caches); i++)
        allocate_object(caches[i]);
    while (piece_count > 0)
        free_piece(piece_count - 1);
    heap_shrink();
    count_owned(at_start);
    check_end();
    return 0;
}

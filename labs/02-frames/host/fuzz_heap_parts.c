/*
 * Fuzzing the parts of the heap by themselves, each against a simple model: slabs, and a
 * processor's two magazines with a depot of the fuzzer's own. The first byte of the input chooses.
 */
#include <stdlib.h>
#include <string.h>

#include "cairn/error.h"
#include "heap/magazine.h"
#include "heap/slab.h"
#include "machine.h"

enum { SLABS = 6, MAGAZINES = 12, OBJECTS = 4096 };

/* --- slab.h --------------------------------------------------------------------------------------
 */

static struct slab *slabs[SLABS];
static size_t slab_number;
static struct slab_set set;
/* The model: by slab, the free objects from the one to be taken first on. */
static uint16_t stacks[SLABS][SLAB_OBJECTS_MAX];
static size_t stack_counts[SLABS];

static size_t in_list(const struct list *list, const struct slab *slab)
{
    size_t found = 0;

    for (const struct list_link *link = list->head.next; link != &list->head; link = link->next)
        found += link == &slab->link;
    return found;
}

/* Every slab is in the one list that fits it, and its numbers are right. */
static void check_slabs(void)
{
    size_t empty = 0;

    for (size_t i = 0; i < slab_number; i++) {
        const struct slab *slab = slabs[i];
        size_t free_count = stack_counts[i];
        REQUIRE(slab->used == slab->count - free_count);
        REQUIRE(in_list(&set.full, slab) == (free_count == 0));
        REQUIRE(in_list(&set.empty, slab) == (free_count == slab->count));
        REQUIRE(in_list(&set.partial, slab) == (free_count != 0 && free_count != slab->count));
        REQUIRE(slab->first_free ==
                (free_count > 0 ? stacks[i][free_count - 1] : (uint16_t)SLAB_END));
        empty += free_count == slab->count;
    }
    REQUIRE(set.empty_count == empty);
}

static size_t index_of(const struct slab *slab)
{
    size_t index = 0;

    while (slabs[index] != slab)
        index++;
    return index;
}

/* A slab with objects of an odd size; each object's memory is exactly as long as it must be. */
static void new_slab(struct bytes *bytes)
{
    uint16_t count = (uint16_t)(1 + bytes_below(bytes, bytes_take(bytes) < 200 ? 6 : 512));
    struct slab *slab = malloc(sizeof(*slab) + count * sizeof(slab->next[0]));

    REQUIRE(slab != NULL);
    memset(slab, 0x5a, sizeof(*slab) + count * sizeof(slab->next[0]));
    slab->count = count;
    slab->object_bytes = (uint32_t)(1 + bytes_below(bytes, 300));
    slab->objects = malloc((size_t)count * slab->object_bytes);
    REQUIRE(slab->objects != NULL);
    for (uint16_t i = 0; i < count; i++)
        stacks[slab_number][i] = (uint16_t)(count - 1 - i);
    stack_counts[slab_number] = count;
    slabs[slab_number++] = slab;
    slab_add(&set, slab);
}

static void take_object(void)
{
    struct list *list = list_is_empty(&set.partial) ? &set.empty : &set.partial;
    struct slab *from = list_is_empty(list) ? NULL : list_first(list, slab, link);
    char *object = slab_take(&set);

    if (from == NULL) {
        REQUIRE(object == NULL);
        return;
    }
    size_t index = index_of(from);
    size_t number = stacks[index][--stack_counts[index]];
    REQUIRE(object == from->objects + number * from->object_bytes);
    /* A slab that changed its kind is first in its new list. */
    if (stack_counts[index] == 0)
        REQUIRE(set.full.head.next == &from->link);
    else
        REQUIRE(set.partial.head.next == &from->link);
}

static void give_object(struct bytes *bytes)
{
    size_t index = bytes_below(bytes, slab_number);
    struct slab *slab = slabs[index];
    uint64_t number = bytes_below(bytes, slab->count + 2u);
    uint64_t wrong = bytes_take(bytes) < 230 ? 0 : bytes_take(bytes);
    uintptr_t address = (uintptr_t)slab->objects + number * slab->object_bytes - wrong;
    uintptr_t offset = address - (uintptr_t)slab->objects;
    int expected = OK;

    if (offset % slab->object_bytes != 0 || offset / slab->object_bytes >= slab->count)
        expected = ERROR_FAULT;
    for (size_t i = 0; expected == OK && i < stack_counts[index]; i++) {
        if (stacks[index][i] == offset / slab->object_bytes)
            expected = ERROR_NOT_FOUND;
    }
    REQUIRE(slab_give(&set, slab, (void *)address) == expected);
    if (expected == OK)
        stacks[index][stack_counts[index]++] = (uint16_t)(offset / slab->object_bytes);
}

static void try_slabs(struct bytes *bytes)
{
    list_init(&set.partial);
    list_init(&set.full);
    list_init(&set.empty);
    set.empty_count = 0;
    slab_number = 0;
    new_slab(bytes);
    while (bytes->left > 0) {
        uint8_t kind = bytes_take(bytes);
        if (kind < 8 && slab_number < SLABS)
            new_slab(bytes);
        else if (kind % 2 == 0)
            take_object();
        else
            give_object(bytes);
        machine_count(1);
        check_slabs();
    }
    for (size_t i = 0; i < slab_number; i++) {
        free(slabs[i]->objects);
        free(slabs[i]);
    }
}

/* --- magazine.h ----------------------------------------------------------------------------------
 */

static struct magazine *waiting_full[MAGAZINES], *waiting_empty[MAGAZINES];
static size_t full_count, empty_count;
static unsigned exchanges;
static char objects[OBJECTS];
static uint8_t is_inside[OBJECTS];
static size_t inside_count;

struct magazine *depot_exchange_for_full(struct magazine_depot *depot, struct magazine *empty)
{
    REQUIRE(depot == NULL && (empty == NULL || empty->rounds == 0));
    exchanges++;
    if (full_count == 0)
        return NULL;
    if (empty != NULL)
        waiting_empty[empty_count++] = empty;
    return waiting_full[--full_count];
}

struct magazine *depot_exchange_for_empty(struct magazine_depot *depot, struct magazine *full)
{
    REQUIRE(depot == NULL && (full == NULL || full->rounds == MAGAZINE_ROUNDS));
    exchanges++;
    if (empty_count == 0)
        return NULL;
    if (full != NULL)
        waiting_full[full_count++] = full;
    return waiting_empty[--empty_count];
}

static size_t rounds_of(const struct magazine *magazine)
{
    return magazine != NULL ? magazine->rounds : 0;
}

/* The object that must come, or NULL when the depot has to be asked. */
static void *last_object(const struct magazine_pair *pair)
{
    const struct magazine *from = rounds_of(pair->loaded) > 0 ? pair->loaded : pair->previous;

    return rounds_of(from) > 0 ? from->objects[from->rounds - 1] : NULL;
}

static void take_round(struct magazine_pair *pair)
{
    struct magazine_pair before = *pair;
    struct magazine *next = full_count > 0 ? waiting_full[full_count - 1] : NULL;
    void *expected = last_object(pair);
    bool asks = expected == NULL;

    exchanges = 0;
    if (asks && next != NULL)
        expected = next->objects[MAGAZINE_ROUNDS - 1];
    char *object = magazine_take(pair, NULL);
    REQUIRE(object == expected && exchanges == asks);
    if (object == NULL) {
        REQUIRE(memcmp(pair, &before, sizeof(before)) == 0);
        return;
    }
    REQUIRE(!asks || (pair->loaded == next && pair->previous == before.loaded));
    REQUIRE(is_inside[object - objects]);
    is_inside[object - objects] = 0;
    inside_count--;
}

static bool has_room(const struct magazine *magazine)
{
    return magazine != NULL && magazine->rounds < MAGAZINE_ROUNDS;
}

static void give_round(struct magazine_pair *pair, struct bytes *bytes)
{
    struct magazine_pair before = *pair;
    size_t number = bytes_below(bytes, OBJECTS);
    bool asks = !has_room(pair->loaded) && !has_room(pair->previous);
    bool fits = !asks || empty_count > 0;

    while (is_inside[number])
        number = (number + 1) % OBJECTS;
    exchanges = 0;
    REQUIRE(magazine_give(pair, NULL, &objects[number]) == fits);
    REQUIRE(exchanges == asks);
    if (!fits) {
        REQUIRE(memcmp(pair, &before, sizeof(before)) == 0);
        return;
    }
    REQUIRE(pair->loaded->objects[pair->loaded->rounds - 1] == &objects[number]);
    REQUIRE(pair->loaded == before.loaded || pair->previous == before.loaded);
    is_inside[number] = 1;
    inside_count++;
}

static void try_magazines(struct bytes *bytes)
{
    struct magazine_pair pair = {NULL, NULL};
    size_t total = 0;

    full_count = 0;
    empty_count = bytes_below(bytes, MAGAZINES);
    inside_count = 0;
    memset(is_inside, 0, sizeof(is_inside));
    for (size_t i = 0; i < empty_count; i++) {
        waiting_empty[i] = calloc(1, sizeof(struct magazine));
        REQUIRE(waiting_empty[i] != NULL);
    }
    while (bytes->left > 0) {
        uint8_t kind = bytes_take(bytes);
        for (unsigned repeat = 0; repeat <= kind / 8u; repeat++) {
            if (kind % 2 == 0)
                take_round(&pair);
            else
                give_round(&pair, bytes);
            machine_count(1);
        }
        total = rounds_of(pair.loaded) + rounds_of(pair.previous) + full_count * MAGAZINE_ROUNDS;
        REQUIRE(total == inside_count);
    }
    while (full_count > 0)
        free(waiting_full[--full_count]);
    while (empty_count > 0)
        free(waiting_empty[--empty_count]);
    free(pair.loaded);
    free(pair.previous);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes bytes = {data, size};

    if (bytes_take(&bytes) % 2 == 0)
        try_slabs(&bytes);
    else
        try_magazines(&bytes);
    return 0;
}

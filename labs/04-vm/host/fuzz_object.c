/*
 * Fuzzing memory objects and their page indices against a model: what each page of each object
 * contains, which frame has it, how often each frame is referred to, and what is promised. Any
 * allocation may fail. The kernel's files are included, so that their inner functions are tried by
 * the same headers as the model.
 */
#include <string.h>
#include <sys/mman.h>

#include "cairn/error.h"
#include "frames/frames.h"
#include "heap/heap.h"

#include "memory_object/commit.c"
#include "memory_object/memory_object.c"
#include "memory_object/object_frame.c"
#include "memory_object/object_page.c"
#include "memory_object/page_index.c"
#define node_at clone_node_at
#include "memory_object/page_index_clone.c"

#include "objects/kernel.h"

/* --- the model ----------------------------------------------------------------------------------
 */

enum { OBJECTS = 24, SPOTS = 24 };

/* The pages that are touched: at the borders of nodes, and in indices of every height. */
static const uint64_t spots[SPOTS] = {
    0,    1,    2,     62,    63,    64,     65,     127,    128,     700,     4095,    4096,
    4097, 8191, 65535, 65536, 99999, 262143, 262144, 262145, 1048575, 1048576, 2097151, 16777216};

static struct model {
    struct memory_object *object;
    uint64_t pages;
    uint64_t reserved;
    uint64_t had; /* pages with frames */
    bool has[SPOTS];
    uint64_t content[SPOTS]; /* of the page's first and last word; 0 was never written */
} models[OBJECTS];
static uint64_t promised_frames;

static uint64_t page_bytes(const struct model *model)
{
    return model->object->page_level == 0 ? PAGE_SIZE : BLOCK_FRAMES * PAGE_SIZE;
}

static unsigned fail_at(struct input *input)
{
    unsigned chance = take(input);

    frames_fail_from = chance < 200 ? 0 : chance % 12 + 1;
    return (unsigned)frames_fail_from;
}

static void create(struct input *input, struct model *model)
{
    unsigned level = take(input) % 8 == 0 ? 1 + take(input) % 3 : 0;
    uint64_t pages = level > 0 ? 1 + take(input) % 4 : 1 + (uint64_t)take(input) * take(input);
    uint64_t size = (pages << (level == 1 ? 21 : 12)) - take(input);
    struct memory_object *object = NULL;
    uint64_t now, most;
    unsigned failing = fail_at(input);

    memory_commitment(&now, &most);
    CHECK(now == promised_frames);
    int result = memory_object_create(size, level, &object);
    frames_fail_from = 0;
    uint64_t wanted = level == 1 ? pages * BLOCK_FRAMES : pages;
    if (level > 1)
        CHECK(result == (level == 2 ? ERROR_NOT_SUPPORTED : ERROR_INVALID_ARGUMENT));
    else if (wanted > most - now)
        CHECK(result == ERROR_NO_MEMORY);
    else
        CHECK(result == OK || failing == 1);
    if (result != OK)
        return;
    *model = (struct model){.object = object, .pages = pages, .reserved = wanted};
    CHECK(object->size == pages * page_bytes(model) && object->references == 1);
    promised_frames += wanted;
}

static void create_odd(struct input *input, struct model *model)
{
    uint64_t physical =
        ((uint64_t)take(input) << 40 | take(input)) * (take(input) % 2 == 0 ? PAGE_SIZE : 16);
    uint64_t size = take(input) % 2 == 0 ? take(input) : UINT64_MAX - take(input) * 64;
    unsigned flags = take(input) % 8 * 8;
    bool good = physical % PAGE_SIZE == 0 && size > 0 && size < (UINT64_C(1) << 48) &&
                physical + align_up(size, PAGE_SIZE) <= UINT64_C(1) << 48 &&
                (flags == 0 || flags == PAGE_DEVICE || flags == PAGE_COMBINE);

    CHECK(memory_object_create(0, 0, &model->object) == ERROR_INVALID_ARGUMENT);
    CHECK(memory_object_create(UINT64_MAX, 0, &model->object) == ERROR_INVALID_ARGUMENT);
    model->object = NULL;
    int result = memory_object_create_physical(physical, size, flags, &model->object);
    CHECK(result == (good ? OK : ERROR_INVALID_ARGUMENT));
    if (result != OK)
        return;
    struct memory_object *clone = NULL;
    CHECK(memory_object_clone(model->object, &clone) == ERROR_NOT_SUPPORTED && clone == NULL);
    memory_object_discard(model->object, 0, PAGE_SIZE);
    memory_object_release(model->object);
    model->object = NULL;
}

static void clone(struct input *input, struct model *model, struct model *to)
{
    uint64_t now, most;
    unsigned failing = fail_at(input), before = heap_used, calls = protected;
    struct memory_object *copy = NULL;

    mappings_fail = take(input) % 16 == 0;
    memory_commitment(&now, &most);
    int result = memory_object_clone(model->object, &copy);
    frames_fail_from = 0;
    if (model->reserved > most - now)
        CHECK(result == ERROR_NO_MEMORY);
    else if (mappings_fail && failing != 1)
        CHECK(result == ERROR_NOT_IMPLEMENTED && protected == calls + 1);
    else
        CHECK(result == OK || failing > 0);
    mappings_fail = false;
    if (result != OK) {
        CHECK(heap_used == before && copy == NULL);
        return;
    }
    CHECK(protected == calls + 1 && copy->index.height == model->object->index.height);
    *to = *model;
    to->object = copy;
    promised_frames += to->reserved;
}

/* A page's first and last word, and that there is nothing else in it. */
static void check_page(const struct model *model, uint64_t physical, uint64_t content)
{
    const uint64_t *words = physical_pointer(physical);
    size_t last = page_bytes(model) / sizeof(*words) - 1;

    CHECK(words[0] == content && words[last] == content);
    for (size_t i = 1; i < last; i += model->object->page_level == 0 ? 1 : 97)
        CHECK(words[i] == 0);
}

static unsigned spot_in(struct input *input, const struct model *model)
{
    unsigned spot = take(input) % SPOTS;

    return spots[spot] < model->pages ? spot : take(input) % 2;
}

static void touch(struct input *input, struct model *model)
{
    unsigned spot = spot_in(input, model);
    bool write = take(input) % 2 != 0;
    struct object_page page;

    if (spots[spot] >= model->pages)
        return;
    uint64_t old = page_index_get(&model->object->index, spots[spot]);
    uint32_t references = old != 0 ? frame_at(old)->references : 0;
    CHECK((old != 0) == model->has[spot]);
    unsigned failing = fail_at(input);
    int result = object_page_get(model->object, spots[spot], write, &page);
    frames_fail_from = 0;
    bool new = old == 0 || (write && references > 1);
    if (result != OK) {
        CHECK(result == ERROR_NO_MEMORY && new);
        CHECK(page_index_get(&model->object->index, spots[spot]) == old);
        CHECK(failing > 0 || frames_used > BLOCKS - 1);
        return;
    }
    CHECK(page.writable == (new || references == 1));
    CHECK(page.replaced == (new ? old : 0) && (page.physical != old) == new);
    CHECK(frame_at(page.physical)->references == (new ? 1 : references));
    check_page(model, page.physical, model->content[spot]);
    if (page.replaced != 0) {
        CHECK(frame_at(old)->references == references);
        check_page(model, old, model->content[spot]);
        frame_release(old);
    }
    model->had += !model->has[spot];
    model->has[spot] = true;
    if (write) {
        uint64_t *words = physical_pointer(page.physical);
        model->content[spot] = 1 + take(input);
        words[0] = model->content[spot];
        words[page_bytes(model) / sizeof(*words) - 1] = model->content[spot];
    }
}

static void discard(struct input *input, struct model *model)
{
    uint64_t first = spots[spot_in(input, model)];
    uint64_t count = 1 + (uint64_t)take(input) * take(input);
    unsigned calls = unmapped;

    if (first >= model->pages)
        return;
    if (count > model->pages - first)
        count = model->pages - first;
    mappings_fail = take(input) % 16 == 0;
    memory_object_discard(model->object, first * page_bytes(model), count * page_bytes(model));
    CHECK(unmapped == calls + 1);
    if (!mappings_fail) {
        for (unsigned spot = 0; spot < SPOTS; spot++) {
            if (spots[spot] - first < count) {
                model->had -= model->has[spot];
                model->has[spot] = false;
                model->content[spot] = 0;
            }
        }
    }
    mappings_fail = false;
}

static void release(struct model *model)
{
    uint64_t bytes = model->reserved * PAGE_SIZE;

    memory_object_reference(model->object);
    memory_object_release(model->object);
    /* What was promised goes back with the object, or before it, when that is unmapped for good. */
    if (bytes != 0 && model->pages % 2 == 0) {
        memory_object_give_back(model->object, 0, bytes);
        CHECK(model->object->reserved == 0 && model->object->index.pages == 0);
    }
    memory_object_release(model->object);
    promised_frames -= model->reserved;
    model->object = NULL;
}

/* Every page of an object, and its frame. */
static void check_object(const struct model *model)
{
    const struct page_index *index = &model->object->index;
    uint64_t next = 0;

    CHECK(index->pages == model->had && model->object->reserved == model->reserved);
    for (unsigned spot = 0; spot < SPOTS; spot++) {
        CHECK((page_index_get(index, spots[spot]) != 0) == model->has[spot]);
        if (!model->has[spot])
            continue;
        CHECK(page_index_next(index, next, UINT64_MAX) == spots[spot]);
        CHECK(page_index_next(index, next, spots[spot]) == spots[spot]);
        next = spots[spot] + 1;
        check_page(model, page_index_get(index, spots[spot]), model->content[spot]);
    }
    CHECK(page_index_next(index, next, model->pages) == model->pages);
    CHECK(page_index_remove((struct page_index *)&model->object->index, 5) == 0);
    CHECK(page_index_get(index, UINT64_C(1) << 51) == 0);
}

/* Each frame is referred to by as many pages as it says. */
static void check_frames(void)
{
    static uint32_t seen[ARENA_FRAMES];
    uint64_t now, most;

    memset(seen, 0, sizeof(seen));
    for (unsigned i = 0; i < OBJECTS; i++) {
        if (models[i].object == NULL)
            continue;
        check_object(&models[i]);
        for (unsigned spot = 0; spot < SPOTS; spot++)
            seen[page_index_get(&models[i].object->index, spots[spot]) / PAGE_SIZE]++;
    }
    for (unsigned frame = 1; frame < ARENA_FRAMES; frame++)
        CHECK(frames[frame].references == seen[frame]);
    memory_commitment(&now, &most);
    CHECK(now == promised_frames && now <= most && locks_held == 0);
}

static void step(struct input *input)
{
    unsigned action = take(input);
    struct model *model = &models[take(input) % OBJECTS];
    struct model *other = &models[action / 8 % OBJECTS];

    operations++;
    if (model->object == NULL) {
        if (action % 16 == 0)
            create_odd(input, model);
        else
            create(input, model);
        return;
    }
    switch (action % 8) {
    case 0:
        if (action / 8 % 2 == 0)
            release(model);
        break;
    case 1:
    case 2:
        if (other->object == NULL)
            clone(input, model, other);
        break;
    case 3:
        discard(input, model);
        break;
    default:
        touch(input, model);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const options[] = {NULL, "100", "35", "3000", "10000", "no", "10001", "0"};
    struct input input = {data, data + size};

    option = options[take(&input) % 8];
    CHECK(memory_commit_init() == OK);
    while (input.at != input.end) {
        step(&input);
        if (operations % 64 == 0)
            check_frames();
    }
    check_frames();
    for (unsigned i = 0; i < OBJECTS; i++) {
        if (models[i].object != NULL)
            release(&models[i]);
    }
    CHECK(frames_used == 0 && heap_used == 0 && promised_frames == 0 && locks_held == 0);
    return 0;
}

int LLVMFuzzerInitialize(int *arguments, char ***words)
{
    (void)arguments;
    (void)words;
    arena = mmap(NULL, ARENA_FRAMES * PAGE_SIZE, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(arena != MAP_FAILED);
    memset(arena, 0xa5, FRAMES * PAGE_SIZE);
    atexit(print_operations);
    return 0;
}

/*
 * Probe object_page.run: gets pages of objects that the probe makes itself.
 *
 *   object_page.run STEPS
 *
 * STEPS are of 24 bytes: what to do (enum action), an object (1 byte), a flag (2 bytes), a count (4
 * bytes), a page's number and a pattern (8 bytes each); little-endian. Objects stay from request
 * to request. Facts: `results`, what the steps note. The cost is that of getting pages.
 */
#include "address_map/address_map.h"
#include "cairn/error.h"
#include "frames/frames.h"
#include "frames/injection.h"
#include "heap/heap.h"
#include "lib/string.h"
#include "memory_object/memory_object.h"
#include "page_table/page_table.h"
#include "probe/probe.h"

enum action {
    MAKE,  /* an object of COUNT pages of level FLAG */
    PUT,   /* gives a page a new frame, with COUNT references besides, filled by PATTERN; notes the
              address */
    SHARE, /* gives the page the frame that it has in the object FLAG, which is of the same level */
    GET,   /* gets the page, for writing if FLAG; notes the result, address, writable, replaced */
    RELEASE,       /* releases what the last GET replaced */
    LOOK,          /* notes the page's address, and what is known of its frame, see note_frame() */
    LOOK_REPLACED, /* the same of what the last GET replaced */
    FAIL,          /* the COUNT-th allocation from now on and all later ones fail; 0: none */
    DIRTY,         /* fills COUNT free blocks, each of a page of level FLAG, with rubbish */
    MEMORY, /* notes the frames that objects have, those of the heap once it has been shrunk, and
               how many pages the object's index has */
    END,    /* ends all objects */
    ACTIONS
};

enum { STEP_BYTES = 24, OBJECTS = 8, RESULTS_MAX = 2048, EXTRAS_MAX = 256, DIRTY_MAX = 128 };

#define UNTOUCHED UINT64_C(0x5a5a5a5a5a5a5a5a)
#define RUBBISH   UINT64_C(0xdeadbeefdeadbeef)

struct step {
    uint8_t action;
    uint8_t object;
    uint16_t flag;
    uint32_t count;
    uint64_t number;
    uint64_t pattern;
};

static struct memory_object objects[OBJECTS];
static uint64_t extras[EXTRAS_MAX]; /* references to be released at the end */
static size_t extra_count;
static uint64_t replaced;
static uint64_t results[RESULTS_MAX];
static size_t result_count;

static void note(uint64_t number)
{
    if (result_count < RESULTS_MAX)
        results[result_count++] = number;
}

static size_t words_of(unsigned level)
{
    return page_level_size(level) / sizeof(uint64_t);
}

static void make(const struct step *step)
{
    unsigned level = step->flag % 3;

    objects[step->object] =
        (struct memory_object){.kind = MEMORY_OBJECT_ANONYMOUS,
                               .page_level = level,
                               .size = step->count * page_level_size(level),
                               .references = 1,
                               .lock = SPINLOCK("probe's object"),
                               .reserved = step->count * page_level_size(level) / PAGE_SIZE};
    list_init(&objects[step->object].regions);
}

static int allocate(unsigned level, uint64_t *physical)
{
    const struct frame_request request = {.count = page_level_size(level) / PAGE_SIZE,
                                          .alignment = page_level_size(level),
                                          .owner = FRAME_MEMORY_OBJECT};

    return frames_allocate(&request, physical);
}

/* Word i of a page becomes pattern * (2 * i + 1): no two pages and no two words are alike. */
static void fill(uint64_t physical, unsigned level, uint64_t pattern)
{
    uint64_t *words = physical_pointer(physical);

    for (size_t i = 0; i < words_of(level); i++)
        words[i] = pattern * (2 * i + 1);
}

static void put(const struct step *step)
{
    struct memory_object *object = &objects[step->object];
    uint64_t physical = 0;
    int error = allocate(object->page_level, &physical);

    if (error == OK)
        error = page_index_set(&object->index, step->number, physical);
    note(error == OK ? physical : (uint64_t)error);
    if (error != OK)
        return;
    fill(physical, object->page_level, step->pattern);
    for (uint32_t i = 0; i < step->count && extra_count < EXTRAS_MAX; i++) {
        extras[extra_count++] = physical;
        frame_reference(physical);
    }
}

static void share(const struct step *step)
{
    uint64_t physical = page_index_get(&objects[step->flag % OBJECTS].index, step->number);

    if (physical != 0 && page_index_set(&objects[step->object].index, step->number, physical) == OK)
        frame_reference(physical);
}

static void get(const struct step *step)
{
    struct memory_object *object = &objects[step->object];
    struct object_page page;

    memset(&page, 0, sizeof(page));
    page.physical = UNTOUCHED;
    page.replaced = UNTOUCHED;
    spinlock_acquire(&object->lock);
    probe_count_begin();
    int result = object_page_get(object, step->number, step->flag != 0, &page);
    probe_count_end();
    spinlock_release(&object->lock);
    note((uint64_t)result);
    note(page.physical);
    note(page.writable);
    note(page.replaced);
    replaced = result == OK && page.replaced != UNTOUCHED ? page.replaced : 0;
}

/*
 * Notes a page's address, its frame's references and owner, and a sum of its words: each is added
 * to 31 times the sum of those before it. For what is no frame in use, nothing but zeros.
 */
static void note_frame(uint64_t physical, unsigned level)
{
    const struct frame *frame = physical != 0 ? frame_at(physical) : NULL;
    uint64_t sum = 0;

    note(physical);
    note(frame != NULL ? frame->references : 0);
    note(frame != NULL ? frame->owner : 0);
    if (frame != NULL && frame->owner != FRAME_FREE) {
        const uint64_t *words = physical_pointer(physical);
        for (size_t i = 0; i < words_of(level); i++)
            sum = sum * 31 + words[i];
    }
    note(sum);
}

/* What is allocated next was used before. */
static void dirty(const struct step *step)
{
    static uint64_t blocks[DIRTY_MAX];
    unsigned level = step->flag % 3;
    size_t taken = 0;

    while (taken < step->count && taken < DIRTY_MAX && allocate(level, &blocks[taken]) == OK) {
        uint64_t *words = physical_pointer(blocks[taken++]);
        for (size_t i = 0; i < words_of(level); i++)
            words[i] = RUBBISH;
    }
    while (taken > 0)
        frames_free(blocks[--taken], page_level_size(level) / PAGE_SIZE);
}

static void note_memory(const struct memory_object *object)
{
    struct frame_statistics node;
    uint64_t heap = 0, memory = 0;

    heap_shrink();
    for (unsigned i = 0; frames_count(i, &node) == OK; i++) {
        heap += node.owned[FRAME_HEAP];
        memory += node.owned[FRAME_MEMORY_OBJECT];
    }
    note(memory);
    note(heap);
    note(object->index.pages);
}

static void end(void)
{
    for (size_t i = 0; i < OBJECTS; i++)
        page_index_clear(&objects[i].index);
    while (extra_count > 0)
        frame_release(extras[--extra_count]);
}

static void run_step(const struct step *step)
{
    struct memory_object *object = &objects[step->object];

    switch ((enum action)step->action) {
    case MAKE:
        make(step);
        break;
    case PUT:
        put(step);
        break;
    case SHARE:
        share(step);
        break;
    case GET:
        get(step);
        break;
    case RELEASE:
        if (replaced != 0)
            frame_release(replaced);
        replaced = 0;
        break;
    case LOOK:
        note_frame(page_index_get(&object->index, step->number), object->page_level);
        break;
    case LOOK_REPLACED:
        note_frame(replaced, object->page_level);
        break;
    case FAIL:
        frames_fail_after(step->count != 0 ? step->count : UINT64_MAX);
        break;
    case DIRTY:
        dirty(step);
        break;
    case MEMORY:
        note_memory(object);
        break;
    default:
        end();
    }
}

static int run_steps(struct probe_request *request)
{
    struct step step;
    char *steps;
    size_t size;

    _Static_assert(sizeof(step) == STEP_BYTES, "a step has no gaps");
    if (request->count != 1 || !probe_bytes(request, 0, &steps, &size) || size % STEP_BYTES != 0)
        return ERROR_USAGE;
    result_count = 0;
    for (size_t at = 0; at < size; at += STEP_BYTES) {
        memcpy(&step, steps + at, sizeof(step));
        if (step.action >= ACTIONS || step.object >= OBJECTS)
            return ERROR_USAGE;
        run_step(&step);
    }
    probe_fact_list(request, "results", results, result_count);
    return OK;
}
PROBE(object_page_run)
= {.name = "object_page.run", .run = run_steps};

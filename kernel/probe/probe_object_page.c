/*
 * Probe object_page.run: gets pages of objects that the probe makes itself.
 *
 *   object_page.run STEPS
 *
 * STEPS are those of probe_steps.h: an action, an object, a flag (OTHER), a count, a page's number
 * and a pattern (VALUE). Objects stay from request to request. Facts: `results`, what the steps
 * note. The cost is that of getting pages.
 */
#include "address_map/address_map.h"
#include "cairn/error.h"
#include "frames/frames.h"
#include "frames/injection.h"
#include "heap/heap.h"
#include "lib/string.h"
#include "memory_object/memory_object.h"
#include "page_table/page_table.h"
#include "probe/probe_steps.h"

enum action {
    MAKE,  /* an object of COUNT pages of level OTHER */
    PUT,   /* gives a page a new frame, with COUNT references besides, filled by VALUE; notes the
              address */
    SHARE, /* gives the page the frame that it has in the object OTHER, which is of the same level
            */
    GET,   /* gets the page, for writing if OTHER; notes the result, address, writable, replaced */
    RELEASE,       /* releases what the last GET replaced */
    LOOK,          /* notes the page's address, and what is known of its frame, see note_frame() */
    LOOK_REPLACED, /* the same of what the last GET replaced */
    FAIL,          /* the COUNT-th allocation from now on and all later ones fail; 0: none */
    DIRTY,         /* fills COUNT free blocks, each of a page of level OTHER, with rubbish */
    MEMORY, /* notes the frames that objects have, those of the heap once it has been shrunk, and
               how many pages the object's index has */
    END,    /* ends all objects */
    ACTIONS
};

enum { OBJECTS = 8, EXTRAS_MAX = 256, DIRTY_MAX = 128 };

#define UNTOUCHED UINT64_C(0x5a5a5a5a5a5a5a5a)
#define RUBBISH   UINT64_C(0xdeadbeefdeadbeef)

static struct memory_object objects[OBJECTS];
static uint64_t extras[EXTRAS_MAX]; /* references to be released at the end */
static size_t extra_count;
static uint64_t replaced;

static size_t words_of(unsigned level)
{
    return page_level_size(level) / sizeof(uint64_t);
}

static void make(const struct probe_step *step)
{
    unsigned level = step->other % 3;

    objects[step->subject] =
        (struct memory_object){.kind = MEMORY_OBJECT_ANONYMOUS,
                               .page_level = level,
                               .size = step->count * page_level_size(level),
                               .references = 1,
                               .lock = SPINLOCK("probe's object"),
                               .reserved = step->count * page_level_size(level) / PAGE_SIZE};
    list_init(&objects[step->subject].regions);
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

static void put(const struct probe_step *step)
{
    struct memory_object *object = &objects[step->subject];
    uint64_t physical = 0;
    int error = allocate(object->page_level, &physical);

    if (error == OK)
        error = page_index_set(&object->index, step->number, physical);
    probe_note(error == OK ? physical : (uint64_t)error);
    if (error != OK)
        return;
    fill(physical, object->page_level, step->value);
    for (uint32_t i = 0; i < step->count && extra_count < EXTRAS_MAX; i++) {
        extras[extra_count++] = physical;
        frame_reference(physical);
    }
}

static void share(const struct probe_step *step)
{
    uint64_t physical = page_index_get(&objects[step->other % OBJECTS].index, step->number);

    if (physical != 0 &&
        page_index_set(&objects[step->subject].index, step->number, physical) == OK)
        frame_reference(physical);
}

static void get(const struct probe_step *step)
{
    struct memory_object *object = &objects[step->subject];
    struct object_page page;

    memset(&page, 0, sizeof(page));
    page.physical = UNTOUCHED;
    page.replaced = UNTOUCHED;
    spinlock_acquire(&object->lock);
    probe_count_begin();
    int result = object_page_get(object, step->number, step->other != 0, &page);
    probe_count_end();
    spinlock_release(&object->lock);
    probe_note((uint64_t)result);
    probe_note(page.physical);
    probe_note(page.writable);
    probe_note(page.replaced);
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

    probe_note(physical);
    probe_note(frame != NULL ? frame->references : 0);
    probe_note(frame != NULL ? frame->owner : 0);
    if (frame != NULL && frame->owner != FRAME_FREE) {
        const uint64_t *words = physical_pointer(physical);
        for (size_t i = 0; i < words_of(level); i++)
            sum = sum * 31 + words[i];
    }
    probe_note(sum);
}

/* What is allocated next was used before. */
static void dirty(const struct probe_step *step)
{
    static uint64_t blocks[DIRTY_MAX];
    unsigned level = step->other % 3;
    size_t taken = 0;

    while (taken < step->count && taken < DIRTY_MAX && allocate(level, &blocks[taken]) == OK) {
        uint64_t *words = physical_pointer(blocks[taken++]);
        for (size_t i = 0; i < words_of(level); i++)
            words[i] = RUBBISH;
    }
    while (taken > 0)
        frames_free(blocks[--taken], page_level_size(level) / PAGE_SIZE);
}

static void end(void)
{
    for (size_t i = 0; i < OBJECTS; i++)
        page_index_clear(&objects[i].index);
    while (extra_count > 0)
        frame_release(extras[--extra_count]);
}

static bool run_step(const struct probe_request *request, const struct probe_step *step)
{
    struct memory_object *object = &objects[step->subject % OBJECTS];
    struct probe_memory memory;

    (void)request;
    if (step->action >= ACTIONS || step->subject >= OBJECTS)
        return false;
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
        memory = probe_memory_count();
        probe_note(memory.objects);
        probe_note(memory.heap);
        probe_note(object->index.pages);
        break;
    default:
        end();
    }
    return true;
}

static int run_steps(struct probe_request *request)
{
    return probe_run_steps(request, run_step);
}
PROBE(object_page_run)
= {.name = "object_page.run", .run = run_steps};

/*
 * Probe object.run: works with memory objects as their users do.
 *
 *   object.run STEPS
 *
 * STEPS are of 24 bytes: what to do (enum action), an object (1 byte), another or a level (2
 * bytes), a count (4 bytes), and two numbers of 8 bytes; little-endian. Objects have numbers of the
 * grader's and stay from request to request. Facts: `results`, what the steps note.
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
    CREATE,   /* an object of A bytes, of level OTHER; notes the result, and its size */
    PHYSICAL, /* an object of A from address B on, with the page flags COUNT; the same */
    CLONE,    /* makes OTHER of it; notes the result */
    REFER,    /* adds a reference */
    RELEASE,  /* takes one away; after COUNT 1 the number is free again */
    WRITE,    /* writes B to the first and the last word of page A; notes the result */
    READ,     /* notes the result, these two words, and how many others are not zero */
    DISCARD,  /* A and B are offset and size */
    PROMISES, /* notes how many frames are promised, and may be */
    MEMORY,   /* notes the frames of objects, and of the heap once it has been shrunk */
    FAIL,     /* the COUNT-th allocation from now on and all later ones fail; 0: none */
    ACTIONS
};

enum { STEP_BYTES = 24, OBJECTS = 64, RESULTS_MAX = 2048 };

struct step {
    uint8_t action;
    uint8_t object;
    uint16_t other;
    uint32_t count;
    uint64_t a;
    uint64_t b;
};

static struct memory_object *objects[OBJECTS];
static uint64_t results[RESULTS_MAX];
static size_t result_count;

static void note(uint64_t number)
{
    if (result_count < RESULTS_MAX)
        results[result_count++] = number;
}

static void create(const struct step *step)
{
    struct memory_object *made = NULL;
    int result = step->action == CREATE
                     ? memory_object_create(step->a, step->other, &made)
                     : memory_object_create_physical(step->b, step->a, step->count, &made);

    note((uint64_t)result);
    note(result == OK ? made->size : 0);
    if (result == OK)
        objects[step->object] = made;
}

static void clone(const struct step *step)
{
    struct memory_object *made = NULL;

    note((uint64_t)memory_object_clone(objects[step->object], &made));
    if (made != NULL)
        objects[step->other % OBJECTS] = made;
}

/* Gets a page as a fault does, and releases what it replaced: nothing maps it here. */
static int get(const struct step *step, bool write, uint64_t **words)
{
    struct memory_object *object = objects[step->object];
    struct object_page page = {0};

    spinlock_acquire(&object->lock);
    int result = object_page_get(object, step->a, write, &page);
    spinlock_release(&object->lock);
    if (result == OK && page.replaced != 0)
        frame_release(page.replaced);
    *words = physical_pointer(page.physical);
    return result;
}

static void touch(const struct step *step)
{
    size_t last = page_level_size(objects[step->object]->page_level) / sizeof(uint64_t) - 1;
    uint64_t others = 0;
    uint64_t *words;
    int result = get(step, step->action == WRITE, &words);

    note((uint64_t)result);
    if (step->action == WRITE && result == OK) {
        words[0] = step->b;
        words[last] = ~step->b;
    }
    if (step->action == WRITE)
        return;
    for (size_t i = 1; result == OK && i < last; i++)
        others += words[i] != 0;
    note(result == OK ? words[0] : 0);
    note(result == OK ? words[last] : 0);
    note(others);
}

static void note_memory(void)
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
}

static void note_promises(void)
{
    uint64_t promised, limit;

    memory_commitment(&promised, &limit);
    note(promised);
    note(limit);
}

static void run_on_object(const struct step *step)
{
    struct memory_object *object = objects[step->object];

    if (object == NULL)
        return;
    switch ((enum action)step->action) {
    case CLONE:
        clone(step);
        break;
    case REFER:
        memory_object_reference(object);
        break;
    case RELEASE:
        memory_object_release(object);
        if (step->count != 0)
            objects[step->object] = NULL;
        break;
    case DISCARD:
        memory_object_discard(object, step->a, step->b);
        break;
    default:
        touch(step);
    }
}

static void run_step(const struct step *step)
{
    switch ((enum action)step->action) {
    case CREATE:
    case PHYSICAL:
        create(step);
        break;
    case PROMISES:
        note_promises();
        break;
    case MEMORY:
        note_memory();
        break;
    case FAIL:
        frames_fail_after(step->count != 0 ? step->count : UINT64_MAX);
        break;
    default:
        run_on_object(step);
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
PROBE(object_run)
= {.name = "object.run", .run = run_steps};

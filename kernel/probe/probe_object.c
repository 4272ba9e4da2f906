/*
 * Probe object.run: works with memory objects as their users do.
 *
 *   object.run STEPS
 *
 * STEPS are those of probe_steps.h: an action, an object, another or a level (OTHER), a count, and
 * two numbers (NUMBER, VALUE). Objects have numbers of the grader's and stay from request to
 * request. Facts: `results`, what the steps note.
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
    CREATE,   /* an object of NUMBER bytes, of level OTHER; notes the result, and its size */
    PHYSICAL, /* an object of NUMBER bytes from address VALUE on, with the page flags COUNT; the
                 same */
    CLONE,    /* makes OTHER of it; notes the result */
    REFER,    /* adds a reference */
    RELEASE,  /* takes one away; after COUNT 1 the number is free again */
    WRITE,    /* writes VALUE to the first and the last word of page NUMBER; notes the result */
    READ,     /* notes the result, these two words, and how many others are not zero */
    DISCARD,  /* NUMBER and VALUE are offset and size */
    PROMISES, /* notes how many frames are promised, and may be */
    MEMORY,   /* notes the frames of objects, and of the heap once it has been shrunk */
    FAIL,     /* the COUNT-th allocation from now on and all later ones fail; 0: none */
    ACTIONS
};

enum { OBJECTS = 64 };

static struct memory_object *objects[OBJECTS];

static void create(const struct probe_step *step)
{
    struct memory_object *made = NULL;
    int result = step->action == CREATE
                     ? memory_object_create(step->number, step->other, &made)
                     : memory_object_create_physical(step->value, step->number, step->count, &made);

    probe_note((uint64_t)result);
    probe_note(result == OK ? made->size : 0);
    if (result == OK)
        objects[step->subject] = made;
}

static void clone(const struct probe_step *step)
{
    struct memory_object *made = NULL;

    probe_note((uint64_t)memory_object_clone(objects[step->subject], &made));
    if (made != NULL)
        objects[step->other % OBJECTS] = made;
}

/* Gets a page as a fault does, and releases what it replaced: nothing maps it here. */
static int get(const struct probe_step *step, bool write, uint64_t **words)
{
    struct memory_object *object = objects[step->subject];
    struct object_page page = {0};

    spinlock_acquire(&object->lock);
    int result = object_page_get(object, step->number, write, &page);
    spinlock_release(&object->lock);
    if (result == OK && page.replaced != 0)
        frame_release(page.replaced);
    *words = physical_pointer(page.physical);
    return result;
}

static void touch(const struct probe_step *step)
{
    size_t last = page_level_size(objects[step->subject]->page_level) / sizeof(uint64_t) - 1;
    uint64_t others = 0;
    uint64_t *words;
    int result = get(step, step->action == WRITE, &words);

    probe_note((uint64_t)result);
    if (step->action == WRITE && result == OK) {
        words[0] = step->value;
        words[last] = ~step->value;
    }
    if (step->action == WRITE)
        return;
    for (size_t i = 1; result == OK && i < last; i++)
        others += words[i] != 0;
    probe_note(result == OK ? words[0] : 0);
    probe_note(result == OK ? words[last] : 0);
    probe_note(others);
}

static void note_promises(void)
{
    uint64_t promised, limit;

    memory_commitment(&promised, &limit);
    probe_note(promised);
    probe_note(limit);
}

static void run_on_object(const struct probe_step *step)
{
    struct memory_object *object = objects[step->subject];

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
            objects[step->subject] = NULL;
        break;
    case DISCARD:
        memory_object_discard(object, step->number, step->value);
        break;
    default:
        touch(step);
    }
}

static bool run_step(const struct probe_request *request, const struct probe_step *step)
{
    struct probe_memory memory;

    (void)request;
    if (step->action >= ACTIONS || step->subject >= OBJECTS)
        return false;
    switch ((enum action)step->action) {
    case CREATE:
    case PHYSICAL:
        create(step);
        break;
    case PROMISES:
        note_promises();
        break;
    case MEMORY:
        memory = probe_memory_count();
        probe_note(memory.objects);
        probe_note(memory.heap);
        break;
    case FAIL:
        frames_fail_after(step->count != 0 ? step->count : UINT64_MAX);
        break;
    default:
        run_on_object(step);
    }
    return true;
}

static int run_steps(struct probe_request *request)
{
    return probe_run_steps(request, run_step);
}
PROBE(object_run)
= {.name = "object.run", .run = run_steps};

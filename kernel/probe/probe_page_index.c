/*
 * Probe page_index.run: fills page indices and copies them.
 *
 *   page_index.run STEPS
 *
 * STEPS are those of probe_steps.h: an action, an index, another index, a count, a page's number
 * and a stride (VALUE). Indices and frames stay from request to request.
 *
 * Facts: `results`, what the steps note, see there; `index`, at a look, see look(). The cost is
 * that of copying.
 */
#include "cairn/error.h"
#include "frames/frames.h"
#include "frames/injection.h"
#include "heap/heap.h"
#include "lib/string.h"
#include "memory_object/page_index.h"
#include "probe/probe_steps.h"

enum action {
    SET,    /* gives COUNT pages from NUMBER on, VALUE apart, new frames; notes their addresses */
    REMOVE, /* takes COUNT such pages out, and releases their frames */
    REFER,  /* adds COUNT references to a page's frame, which CLEAR of all takes away */
    CLONE,  /* copies the index to OTHER, which is empty; notes the result */
    FAILING, /* copies it with the first allocation failing, then the second, …, until one succeeds,
                which is cleared again; notes how many failed, and how many of these changed `to` */
    LOOK,    /* tells the index */
    CLEAR,   /* empties the index; for index NONE all of them, and what REFER added */
    MEMORY, /* notes the frames of the heap, once it has been shrunk, and those of the indices */
    ACTIONS
};

enum { INDICES = 8, NONE = 0xff, PAGES_MAX = 2048 };
enum { EXTRAS_MAX = 64, FAILURES_MAX = 10000 };

static struct page_index indices[INDICES];
static struct {
    uint64_t physical;
    uint32_t count;
} extras[EXTRAS_MAX];
static size_t extra_count;

static void set_pages(const struct probe_step *step)
{
    for (uint32_t i = 0; i < step->count; i++) {
        uint64_t physical = 0;
        int error = frame_allocate(FRAME_MEMORY_OBJECT, &physical);
        if (error == OK)
            error =
                page_index_set(&indices[step->subject], step->number + i * step->value, physical);
        probe_note(error == OK ? physical : (uint64_t)error);
    }
}

static void remove_pages(const struct probe_step *step)
{
    for (uint32_t i = 0; i < step->count; i++) {
        uint64_t frame = page_index_remove(&indices[step->subject], step->number + i * step->value);
        if (frame != 0)
            frame_release(frame);
    }
}

static void refer(const struct probe_step *step)
{
    uint64_t frame = page_index_get(&indices[step->subject], step->number);

    if (frame == 0 || extra_count == EXTRAS_MAX)
        return;
    extras[extra_count].physical = frame;
    extras[extra_count++].count = step->count;
    for (uint32_t i = 0; i < step->count; i++)
        frame_reference(frame);
}

static int clone(const struct probe_step *step)
{
    probe_count_begin();
    int result = page_index_clone(&indices[step->other], &indices[step->subject]);
    probe_count_end();
    return result;
}

static void clone_failing(const struct probe_step *step)
{
    struct page_index *to = &indices[step->other];
    uint64_t failed = 0, changed = 0;
    int result = ERROR_NO_MEMORY;

    while (result != OK && failed < FAILURES_MAX) {
        frames_fail_after(failed + 1);
        result = clone(step);
        frames_fail_after(UINT64_MAX);
        if (result != OK) {
            failed++;
            changed += to->root != NULL || to->height != 0 || to->pages != 0;
        }
    }
    page_index_clear(to);
    probe_note(failed);
    probe_note(changed);
}

/* What look() has found. */
static struct {
    uint64_t height;
    uint64_t pages;       /* as the index says */
    uint64_t nodes;       /* that there are */
    uint64_t empty_nodes; /* of these, that lead to no frame */
    struct {
        uint64_t number;
        uint64_t physical;
        uint64_t references;
    } page[PAGES_MAX];
} told;
static size_t told_pages;

/* @return how many frames a node leads to */
static size_t tell_node(const struct page_index_node *node, unsigned level, uint64_t first)
{
    size_t before = told_pages;

    told.nodes++;
    for (size_t i = 0; i < PAGE_INDEX_SLOTS; i++) {
        uint64_t number = first + ((uint64_t)i << (PAGE_INDEX_SHIFT * level));
        uint64_t slot = node->slots[i];
        if (slot == 0)
            continue;
        if (level > 0) {
            tell_node((const struct page_index_node *)(uintptr_t)slot, level - 1, number);
        } else if (told_pages < PAGES_MAX) {
            const struct frame *frame = frame_at(slot);
            told.page[told_pages].number = number;
            told.page[told_pages].physical = slot;
            told.page[told_pages++].references = frame != NULL ? frame->references : 0;
        }
    }
    told.empty_nodes += told_pages == before;
    return told_pages - before;
}

/* Tells `told`, as far as it is filled: the index walked by hand, not by its functions. */
static void look(const struct probe_request *request, const struct page_index *index)
{
    told_pages = 0;
    told.height = index->height;
    told.pages = index->pages;
    told.nodes = 0;
    told.empty_nodes = 0;
    if (index->root != NULL && index->height > 0 && index->height <= 10)
        tell_node(index->root, index->height - 1, 0);
    probe_fact_bytes(request, "index", &told,
                     sizeof(told) - sizeof(told.page) + told_pages * sizeof(told.page[0]));
}

static void clear(uint8_t index)
{
    if (index != NONE) {
        page_index_clear(&indices[index]);
        return;
    }
    for (size_t i = 0; i < INDICES; i++)
        page_index_clear(&indices[i]);
    while (extra_count > 0) {
        for (extra_count--; extras[extra_count].count > 0; extras[extra_count].count--)
            frame_release(extras[extra_count].physical);
    }
}

static bool run_step(const struct probe_request *request, const struct probe_step *step)
{
    struct probe_memory memory;

    if (step->action >= ACTIONS || step->other >= INDICES ||
        (step->subject >= INDICES && (step->subject != NONE || step->action != CLEAR)))
        return false;
    switch ((enum action)step->action) {
    case SET:
        set_pages(step);
        break;
    case REMOVE:
        remove_pages(step);
        break;
    case REFER:
        refer(step);
        break;
    case CLONE:
        probe_note((uint64_t)clone(step));
        break;
    case FAILING:
        clone_failing(step);
        break;
    case LOOK:
        look(request, &indices[step->subject]);
        break;
    case CLEAR:
        clear(step->subject);
        break;
    default:
        memory = probe_memory_count();
        probe_note(memory.heap);
        probe_note(memory.objects);
    }
    return true;
}

static int run_steps(struct probe_request *request)
{
    return probe_run_steps(request, run_step);
}
PROBE(page_index_run)
= {.name = "page_index.run", .run = run_steps};

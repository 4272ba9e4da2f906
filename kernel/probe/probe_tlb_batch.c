/*
 * Probe tlb_batch.trace: notes pages in a batch, gives it frames, and tells what the flusher sees.
 *
 *   tlb_batch.trace STEPS
 *
 * Batch and flusher are the probe's own. STEPS are bytes, see enum step; numbers in them have 8
 * bytes, counts 2, the lowest first.
 *
 * Facts: `log`, bytes, what happened in its order, see enum event; `touched`, how many words around
 * the batch were changed, and whether its flusher or context was.
 */
#include "lib/string.h"
#include "probe/probe.h"
#include "tlb/tlb_batch.h"

enum step {
    STEP_LOOK = 0,   /* tells the batch's state */
    STEP_PAGE = 1,   /* COUNT FIRST STRIDE: tlb_batch_page() for so many */
    STEP_FREE = 2,   /* COUNT FIRST STRIDE: tlb_batch_free() for so many */
    STEP_FINISH = 3, /* tlb_batch_finish() */
    STEP_REACT = 4,  /* FRAME KIND (1 byte, one of the steps 1 to 3) NUMBER: at the next release of
                        FRAME, release() does that, with NUMBER for one page or frame */
};

enum event {
    EVENT_STEP = 0,       /* a step begins */
    EVENT_PAGES = 1,      /* COUNT, the pages: the flusher's pages() */
    EVENT_EVERYTHING = 2, /* everything() */
    EVENT_RELEASE = 3,    /* FRAME: release() */
    EVENT_STATE = 4,      /* PAGES EVERYTHING FRAMES, 2 bytes each */
    EVENT_STRANGE = 5,    /* a call with another context, or too many pages */
};

enum { GAP = 16, LOG_MAX = 64 * 1024, REACTIONS_MAX = 256 };

static const uint64_t mark = UINT64_C(0xa5a5a5a5a5a5a5a5);

static struct {
    uint64_t before[GAP];
    struct tlb_batch batch;
    uint64_t after[GAP];
} guarded;

static struct reaction {
    uint64_t frame;
    enum step kind;
    uint64_t number;
} reactions[REACTIONS_MAX];

static size_t reaction_count;
static char log[LOG_MAX];
static size_t log_size;

/* What does not fit is left out, which the host notices. */
static void note(const void *bytes, size_t size)
{
    if (size > LOG_MAX - log_size)
        return;
    memcpy(log + log_size, bytes, size);
    log_size += size;
}

static void note_event(enum event event)
{
    char byte = (char)event;

    note(&byte, 1);
}

static void note_context(const void *context)
{
    if (context != &guarded)
        note_event(EVENT_STRANGE);
}

static void note_short(uint64_t number)
{
    uint16_t shortened = number < UINT16_MAX ? (uint16_t)number : UINT16_MAX;

    note(&shortened, sizeof(shortened));
}

static void apply(enum step kind, uint64_t number)
{
    if (kind == STEP_PAGE)
        tlb_batch_page(&guarded.batch, number);
    else if (kind == STEP_FREE)
        tlb_batch_free(&guarded.batch, number);
    else
        tlb_batch_finish(&guarded.batch);
}

static void flush_pages(void *context, const uint64_t *pages, size_t count)
{
    note_context(context);
    if (count > TLB_BATCH_PAGES) {
        note_event(EVENT_STRANGE);
        return;
    }
    note_event(EVENT_PAGES);
    note_short(count);
    note(pages, count * sizeof(*pages));
}

static void flush_everything(void *context)
{
    note_context(context);
    note_event(EVENT_EVERYTHING);
}

static void release(void *context, uint64_t frame)
{
    note_context(context);
    note_event(EVENT_RELEASE);
    note(&frame, sizeof(frame));
    for (size_t i = 0; i < reaction_count; i++) {
        enum step kind = reactions[i].kind;
        if (reactions[i].frame != frame || kind == STEP_LOOK)
            continue;
        reactions[i].kind = STEP_LOOK; /* once only */
        apply(kind, reactions[i].number);
    }
}

static const struct tlb_flusher flusher = {
    .pages = flush_pages,
    .everything = flush_everything,
    .release = release,
};

static void start(void)
{
    for (size_t i = 0; i < GAP; i++)
        guarded.before[i] = guarded.after[i] = mark;
    memset(&guarded.batch, 0xa5, sizeof(guarded.batch));
    tlb_batch_begin(&guarded.batch, &flusher, &guarded);
    reaction_count = 0;
    log_size = 0;
}

static void look(void)
{
    note_event(EVENT_STATE);
    note_short(guarded.batch.page_count);
    note_short(guarded.batch.everything);
    note_short(guarded.batch.frame_count);
}

/* Takes @p size bytes off the front of the steps. @return whether there are as many */
static bool take(const char **at, const char *end, void *number, size_t size)
{
    if ((size_t)(end - *at) < size)
        return false;
    memcpy(number, *at, size);
    *at += size;
    return true;
}

static bool run_many(enum step step, const char **at, const char *end)
{
    uint16_t count;
    uint64_t number;
    uint64_t stride;

    if (!take(at, end, &count, sizeof(count)) || !take(at, end, &number, sizeof(number)) ||
        !take(at, end, &stride, sizeof(stride)))
        return false;
    for (; count > 0; count--, number += stride)
        apply(step, number);
    return true;
}

static bool add_reaction(const char **at, const char *end)
{
    struct reaction *reaction = &reactions[reaction_count];
    uint8_t kind;

    if (reaction_count == REACTIONS_MAX ||
        !take(at, end, &reaction->frame, sizeof(reaction->frame)) || !take(at, end, &kind, 1) ||
        kind < STEP_PAGE || kind > STEP_FINISH ||
        !take(at, end, &reaction->number, sizeof(reaction->number)))
        return false;
    reaction->kind = (enum step)kind;
    reaction_count++;
    return true;
}

static bool run_step(enum step step, const char **at, const char *end)
{
    note_event(EVENT_STEP);
    switch (step) {
    case STEP_LOOK:
        look();
        return true;
    case STEP_PAGE:
    case STEP_FREE:
        return run_many(step, at, end);
    case STEP_FINISH:
        tlb_batch_finish(&guarded.batch);
        return true;
    case STEP_REACT:
        return add_reaction(at, end);
    }
    return false;
}

static uint64_t touched_words(void)
{
    uint64_t touched = guarded.batch.flusher != &flusher || guarded.batch.context != &guarded;

    for (size_t i = 0; i < GAP; i++)
        touched += (guarded.before[i] != mark) + (guarded.after[i] != mark);
    return touched;
}

static int run_trace(struct probe_request *request)
{
    char *steps;
    size_t size;

    if (request->count != 1 || !probe_bytes(request, 0, &steps, &size))
        return ERROR_USAGE;
    start();
    for (const char *at = steps, *end = steps + size; at != end;) {
        enum step step = (enum step)(uint8_t)*at++;
        if (!run_step(step, &at, end))
            return ERROR_USAGE;
    }
    probe_fact_bytes(request, "log", log, log_size);
    probe_fact(request, "touched", touched_words());
    return OK;
}
PROBE(tlb_batch_trace)
= {.name = "tlb_batch.trace", .run = run_trace};

/*
 * Probe heap.run: allocates and frees memory of the kernel heap and of object caches.
 *
 *   heap.run STEPS
 *
 * STEPS are 12 bytes each: what to do (enum action), from where (enum source), the number of the
 * piece of memory (2 bytes), a number (8 bytes); little-endian. Pieces are remembered from one
 * request to the next. Each piece is filled with bytes of its own. Facts: `results`, a number for
 * each step; what an action reports besides.
 */
#include "cairn/error.h"
#include "frames/frames.h"
#include "frames/injection.h"
#include "heap/heap.h"
#include "lib/string.h"
#include "probe/probe.h"

enum action {
    ALLOCATE,    /* number: the size, for the heap; the address. The piece is filled */
    FREE,        /* how many bytes were not as they were left */
    VERIFY,      /* the same, and the piece stays */
    FREE_WRONG,  /* number: so far from the piece; frees there, and the piece stays */
    FREE_STATIC, /* frees a variable */
    POKE,        /* number: so far from the piece; changes the byte there */
    PEEK,        /* the same; reads it */
    COPY,        /* number: so many bytes from the piece's start; memcpy() */
    FAIL,        /* number: frames_fail_after() */
    SHRINK,      /* the source's cache; for the heap heap_shrink() */
    CHECK,       /* heap_check() */
    MISTAKES,    /* heap_mistakes() */
    SERIAL,      /* heap_serial() */
    LEAKS,       /* number: so many after the last SERIAL; heap_leaks(), which are reported */
    HEAP_FRAMES, /* how many frames the heap has */
    FREE_FRAMES, /* how many frames are free, after frames_drain() */
    CONSTRUCTED, /* how many objects of the source were constructed */
    EXHAUST,     /* number: the size; allocates all there is, at least 8 bytes each; how many */
    RELEASE,     /* frees all that; how many */
    ACTIONS
};

enum {
    PIECES = 1024,
    STEP_BYTES = 12,
    STEPS_MAX = PROBE_LINE_MAX / STEP_BYTES / 2,
    LEAKS_MAX = 16
};

/* HEAP and ZEROED are heap_allocate() and heap_allocate_zeroed(); the others are these caches. */
enum source { HEAP, ZEROED, SMALL, BUILT, ALIGNED, PAGES, SOURCES };

struct step {
    uint8_t action;
    uint8_t source;
    uint16_t piece;
    uint64_t number;
};

static struct piece {
    unsigned char *address;
    size_t size;
    enum source source;
} pieces[PIECES];

static const struct probe_request *current;
static uint64_t results[STEPS_MAX];
static uint64_t built_count, pages_count;
static uint64_t last_serial;
static void *exhausted; /* the first of a chain through the pieces' first words */

static unsigned char built_byte(size_t place)
{
    return (unsigned char)(0xc0 + place % 32);
}

static void build(unsigned char *object, size_t size)
{
    for (size_t i = 0; i < size; i++)
        object[i] = built_byte(i);
}

enum {
    SMALL_BYTES = 20,
    BUILT_BYTES = 100,
    ALIGNED_BYTES = 72,
    PAGES_BYTES = 5000,
    ALIGNMENT = 256
};

static void construct_built(void *object)
{
    built_count++;
    build(object, BUILT_BYTES);
}

static void construct_pages(void *object)
{
    pages_count++;
    build(object, PAGES_BYTES);
}

static OBJECT_CACHE(small, "probe-small", SMALL_BYTES, NULL);
static OBJECT_CACHE(built, "probe-built", BUILT_BYTES, construct_built);
static struct object_cache aligned = {.name = "probe-aligned",
                                      .size = ALIGNED_BYTES,
                                      .alignment = ALIGNMENT,
                                      .lock = SPINLOCK("probe-aligned")};
static OBJECT_CACHE(pages, "probe-pages", PAGES_BYTES, construct_pages);

static struct object_cache *const caches[SOURCES] = {
    [SMALL] = &small, [BUILT] = &built, [ALIGNED] = &aligned, [PAGES] = &pages};

static unsigned char filling(const struct piece *piece, size_t place)
{
    return (unsigned char)((size_t)(piece - pieces) * 31 + place * 7 + 0x5a);
}

/* Reports of mistakes have to name the functions whose names begin with the probe's. */
static __attribute__((noinline)) void *probe_heap_allocate(enum source source, size_t size)
{
    if (source == HEAP)
        return heap_allocate(size);
    return source == ZEROED ? heap_allocate_zeroed(size) : object_allocate(caches[source]);
}

static __attribute__((noinline)) void probe_heap_free(enum source source, void *address)
{
    if (caches[source] == NULL)
        heap_free(address);
    else
        object_free(caches[source], address);
}

/* Bytes that are not as an allocation should bring them. */
static uint64_t wrong_at_first(const struct piece *piece)
{
    uint64_t wrong = 0;

    for (size_t i = 0; i < piece->size; i++) {
        if (piece->source == ZEROED)
            wrong += piece->address[i] != 0;
        else if (caches[piece->source] != NULL && caches[piece->source]->constructor != NULL)
            wrong += piece->address[i] != built_byte(i);
    }
    return wrong;
}

static uint64_t run_allocate(struct piece *piece, const struct step *step)
{
    struct object_cache *cache = caches[step->source];

    piece->source = step->source;
    piece->size = cache != NULL ? cache->size : step->number;
    piece->address = probe_heap_allocate(piece->source, piece->size);
    if (piece->address == NULL)
        return 0;
    uint64_t wrong[] = {step->piece, wrong_at_first(piece)};
    if (wrong[1] > 0)
        probe_fact_list(current, "wrong_at_first", wrong, ARRAY_COUNT(wrong));
    for (size_t i = 0; i < piece->size; i++)
        piece->address[i] = filling(piece, i);
    return (uintptr_t)piece->address;
}

static uint64_t wrong_bytes(const struct piece *piece)
{
    uint64_t wrong = 0;

    for (size_t i = 0; i < piece->size; i++)
        wrong += piece->address[i] != filling(piece, i);
    return wrong;
}

static uint64_t run_free(struct piece *piece)
{
    struct object_cache *cache = caches[piece->source];
    uint64_t wrong = wrong_bytes(piece);

    if (cache != NULL && cache->constructor != NULL)
        build(piece->address, piece->size);
    probe_heap_free(piece->source, piece->address);
    return wrong;
}

static uint64_t run_leaks(uint64_t since)
{
    static struct heap_leak leaks[LEAKS_MAX];
    size_t count = heap_leaks(since, leaks, LEAKS_MAX);

    for (size_t i = 0; i < count && i < LEAKS_MAX; i++) {
        const char *name = leaks[i].cache->name;
        uint64_t numbers[] = {(uintptr_t)leaks[i].object, leaks[i].site, leaks[i].serial};
        probe_fact_list(current, "leak", numbers, ARRAY_COUNT(numbers));
        probe_fact_bytes(current, "leak_cache", name, strlen(name));
    }
    return count;
}

static uint64_t count_frames(bool free)
{
    struct frame_statistics node;
    uint64_t count = 0;

    if (free)
        frames_drain();
    for (unsigned i = 0; frames_count(i, &node) == OK; i++)
        count += free ? node.free + node.cached : node.owned[FRAME_HEAP];
    return count;
}

static uint64_t run_exhaust(enum source source, uint64_t size)
{
    uint64_t count = 0;
    void *piece;

    while ((piece = probe_heap_allocate(source, size)) != NULL) {
        memcpy(piece, &exhausted, sizeof(exhausted));
        exhausted = piece;
        count++;
    }
    return count;
}

static uint64_t run_release(enum source source)
{
    uint64_t count = 0;

    while (exhausted != NULL) {
        void *piece = exhausted;
        memcpy(&exhausted, piece, sizeof(exhausted));
        probe_heap_free(source, piece);
        count++;
    }
    return count;
}

static void run_shrink(enum source source)
{
    if (caches[source] == NULL)
        heap_shrink();
    else
        object_cache_shrink(caches[source]);
}

/* Actions that look at bytes, right or wrong ones. */
static __attribute__((noinline)) uint64_t probe_heap_touch(const struct piece *piece,
                                                           const struct step *step)
{
    static char copy[2 * HEAP_SIZE_MAX];
    volatile unsigned char *byte = piece->address + step->number;

    if (step->action == COPY) {
        size_t size = step->number < sizeof(copy) ? step->number : sizeof(copy);
        memcpy(copy, piece->address, size);
        return 0;
    }
    uint64_t value = *byte;
    if (step->action == POKE)
        *byte = (unsigned char)(value ^ 0xff);
    return value;
}

static uint64_t run_on_piece(struct piece *piece, const struct step *step)
{
    /* An allocation failed that should not have; the grader has been told. */
    if (piece->address == NULL && step->action != ALLOCATE)
        return 0;
    switch (step->action) {
    case ALLOCATE:
        return run_allocate(piece, step);
    case FREE:
        return run_free(piece);
    case VERIFY:
        return wrong_bytes(piece);
    case FREE_WRONG:
        probe_heap_free(step->source, piece->address + step->number);
        return 0;
    default:
        return probe_heap_touch(piece, step);
    }
}

static uint64_t run_step(const struct step *step)
{
    static uint64_t variable[8];

    switch (step->action) {
    case FREE_STATIC:
        probe_heap_free(step->source, variable);
        return 0;
    case FAIL:
        frames_fail_after(step->number);
        return 0;
    case SHRINK:
        run_shrink(step->source);
        return 0;
    case CHECK:
        return heap_check();
    case MISTAKES:
        return heap_mistakes();
    case SERIAL:
        last_serial = heap_serial();
        return last_serial;
    case LEAKS:
        return run_leaks(last_serial + step->number);
    case HEAP_FRAMES:
    case FREE_FRAMES:
        return count_frames(step->action == FREE_FRAMES);
    case CONSTRUCTED:
        return step->source == BUILT ? built_count : pages_count;
    case EXHAUST:
        return run_exhaust(step->source, step->number);
    case RELEASE:
        return run_release(step->source);
    default:
        return run_on_piece(&pieces[step->piece], step);
    }
}

static int run_steps(struct probe_request *request)
{
    struct step step;
    size_t size, count;
    char *steps;

    if (request->count != 1 || !probe_bytes(request, 0, &steps, &size) || size % STEP_BYTES != 0)
        return ERROR_USAGE;
    current = request;
    count = size / STEP_BYTES;
    for (size_t i = 0; i < count; i++) {
        const char *bytes = steps + i * STEP_BYTES;
        step.action = (uint8_t)bytes[0];
        step.source = (uint8_t)bytes[1];
        memcpy(&step.piece, bytes + 2, sizeof(step.piece));
        memcpy(&step.number, bytes + 4, sizeof(step.number));
        if (step.action >= ACTIONS || step.source >= SOURCES || step.piece >= PIECES)
            return ERROR_USAGE;
        results[i] = run_step(&step);
    }
    probe_fact_list(request, "results", results, count);
    return OK;
}
PROBE(heap_run)
= {.name = "heap.run", .run = run_steps};

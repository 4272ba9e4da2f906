/*
 * Probes for a chunk's bitmap.
 *
 *   chunk.find PLACE BITMAP QUESTIONS
 *     PLACE 0 puts the bitmap at the beginning of a page, 1 at the end of it; there is no memory
 *     before and behind that page. BITMAP is 64 bytes, frame 0 in the lowest bit of the first. A
 *     question is four bytes: how many frames and which alignment, low byte first. Facts: `found`,
 *     an answer for each question; `changed`, how many bytes of the bitmap were changed.
 *   chunk.longest PLACE BITMAP
 *     Facts `longest` and `changed`.
 *
 * The cost of a request is that of the functions asked for alone.
 */
#include "address_map/address_map.h"
#include "frames/bitmap.h"
#include "lib/string.h"
#include "lib/util.h"
#include "probe/probe.h"

enum { BITMAP_BYTES = CHUNK_WORDS * sizeof(uint64_t), QUESTION_BYTES = 4, QUESTIONS_MAX = 1024 };

static struct {
    char guard_below[PAGE_SIZE];
    char page[PAGE_SIZE];
    char guard_above[PAGE_SIZE];
} place __attribute__((aligned(PAGE_SIZE)));

static char original[BITMAP_BYTES];
static uint64_t found[QUESTIONS_MAX];

/* Takes the guard pages out of the map, once. */
static void guard_page(void)
{
    static bool done;

    if (done)
        return;
    boot_map_guard(place.guard_below);
    boot_map_guard(place.guard_above);
    done = true;
}

/* The bitmap of the request at its place; NULL when the request makes no sense. */
static uint64_t *place_bitmap(const struct probe_request *request)
{
    uint64_t at_end;
    char *bytes;
    size_t size;

    guard_page();
    if (!probe_number(request, 0, &at_end) || at_end > 1 ||
        !probe_bytes(request, 1, &bytes, &size) || size != BITMAP_BYTES)
        return NULL;
    char *bitmap = place.page + (at_end != 0 ? PAGE_SIZE - BITMAP_BYTES : 0);
    memcpy(bitmap, bytes, BITMAP_BYTES);
    memcpy(original, bytes, BITMAP_BYTES);
    return (uint64_t *)(void *)bitmap;
}

static void report_changed(const struct probe_request *request, const uint64_t *bitmap)
{
    const char *bytes = (const char *)bitmap;
    size_t changed = 0;

    for (size_t i = 0; i < BITMAP_BYTES; i++)
        changed += bytes[i] != original[i];
    probe_fact(request, "changed", changed);
}

/* The 16-bit number that begins at a byte. */
static size_t short_at(const char *bytes)
{
    const unsigned char *byte = (const unsigned char *)bytes;

    return (size_t)(byte[0] | byte[1] << 8);
}

static int run_find(struct probe_request *request)
{
    const uint64_t *bitmap = place_bitmap(request);
    char *questions;
    size_t size;

    if (bitmap == NULL || request->count != 3 || !probe_bytes(request, 2, &questions, &size) ||
        size % QUESTION_BYTES != 0 || size / QUESTION_BYTES > QUESTIONS_MAX)
        return ERROR_USAGE;
    size_t count = size / QUESTION_BYTES;
    for (size_t i = 0; i < count; i++) {
        size_t frames = short_at(questions + QUESTION_BYTES * i);
        size_t alignment = short_at(questions + QUESTION_BYTES * i + 2);
        probe_count_begin();
        found[i] = chunk_find_run(bitmap, frames, alignment);
        probe_count_end();
    }
    probe_fact_list(request, "found", found, count);
    report_changed(request, bitmap);
    return OK;
}
PROBE(chunk_find)
= {.name = "chunk.find", .run = run_find};

static int run_longest(struct probe_request *request)
{
    const uint64_t *bitmap = place_bitmap(request);

    if (bitmap == NULL || request->count != 2)
        return ERROR_USAGE;
    probe_count_begin();
    size_t longest = chunk_longest_run(bitmap);
    probe_count_end();
    probe_fact(request, "longest", longest);
    report_changed(request, bitmap);
    return OK;
}
PROBE(chunk_longest)
= {.name = "chunk.longest", .run = run_longest};

/*
 * `try`: allocates and frees memory at the prompt, so that one can watch the allocators at work.
 */
#include "console/console.h"
#include "frames/frames.h"
#include "heap/heap.h"
#include "lib/string.h"
#include "monitor/monitor.h"
#include "monitor/words.h"

/* Something that was allocated: frames, or memory of the heap. */
struct piece {
    uint64_t count; /* frames; 0 for memory of the heap */
    uint64_t physical;
    void *pointer;
};

enum { PIECES_MAX = 1024, SHOWN_MAX = 4 };

static struct piece pieces[PIECES_MAX];
static size_t piece_count;
static struct piece last_freed;

static int allocate(bool is_heap, uint64_t amount, struct piece *piece)
{
    const struct frame_request request = {.count = amount, .owner = FRAME_KERNEL};

    *piece = (struct piece){.count = is_heap ? 0 : amount};
    if (!is_heap)
        return frames_allocate(&request, &piece->physical);
    piece->pointer = heap_allocate(amount);
    return piece->pointer != NULL ? OK : ERROR_NO_MEMORY;
}

static void free_piece(const struct piece *piece)
{
    if (piece->count == 0)
        heap_free(piece->pointer);
    else if (piece->count == 1)
        frame_free(piece->physical);
    else
        frames_free(piece->physical, piece->count);
    last_freed = *piece;
}

static unsigned long long address_of(const struct piece *piece)
{
    return piece->count != 0 ? piece->physical : (uintptr_t)piece->pointer;
}

static int try_allocate(bool is_heap, uint64_t amount, uint64_t times)
{
    size_t first = piece_count;
    int error = OK;

    while (error == OK && times-- > 0) {
        error = piece_count < PIECES_MAX ? allocate(is_heap, amount, &pieces[piece_count])
                                         : ERROR_NO_SPACE;
        piece_count += error == OK;
    }
    console_print(piece_count > first ? "%zu at" : "none", piece_count - first);
    for (size_t i = first; i < piece_count && i < first + SHOWN_MAX; i++)
        console_print(" %#llx", address_of(&pieces[i]));
    console_print("%s\n", piece_count - first > SHOWN_MAX ? " ..." : "");
    return error;
}

/* Frees every step-th piece, from the newest on; the others stay. */
static int try_free(uint64_t step)
{
    size_t kept = 0;

    for (size_t i = piece_count; i > 0; i--) {
        if ((piece_count - i) % step != 0)
            continue;
        free_piece(&pieces[i - 1]);
        pieces[i - 1] = (struct piece){0};
    }
    for (size_t i = 0; i < piece_count; i++) {
        if (pieces[i].count != 0 || pieces[i].pointer != NULL)
            pieces[kept++] = pieces[i];
    }
    console_print("%zu freed, %zu left\n", piece_count - kept, kept);
    piece_count = kept;
    return OK;
}

static int try_again(void)
{
    if (last_freed.count == 0 && last_freed.pointer == NULL)
        return ERROR_NOT_FOUND;
    console_print("%#llx once more\n", address_of(&last_freed));
    free_piece(&last_freed);
    return OK;
}

static int try_run(int count, char **words)
{
    uint64_t numbers[2] = {1, 1};

    for (int i = 2; i < count; i++) {
        if (i > 3 || word_to_number(words[i], &numbers[i - 2]) != OK || numbers[i - 2] == 0)
            return ERROR_USAGE;
    }
    if (count >= 3 && string_equal(words[1], "frames"))
        return try_allocate(false, numbers[0], numbers[1]);
    if (count >= 3 && string_equal(words[1], "heap"))
        return try_allocate(true, numbers[0], numbers[1]);
    if ((count == 2 || count == 3) && string_equal(words[1], "free"))
        return try_free(numbers[0]);
    return count == 2 && string_equal(words[1], "again") ? try_again() : ERROR_USAGE;
}

static const char *try_complete(int count, size_t index)
{
    static const char *const words[] = {"again", "frames", "free", "heap"};

    return count == 1 && index < ARRAY_COUNT(words) ? words[index] : NULL;
}

MONITOR_COMMAND(try)
= {
    .name = "try",
    .usage = "frames COUNT [TIMES] | heap BYTES [TIMES] | free [EVERY] | again",
    .summary = "allocate and free memory; `again` frees the last piece twice",
    .run = try_run,
    .complete = try_complete,
};

/*
 * Exercise 2.1: finding room in a chunk. The contracts are in bitmap.h.
 */
#include "frames/bitmap.h"
#include "plain/plain.h"

//@exercise 2.1 Find room in a chunk
/*
 * The first frame from the given one on that is free, or that is in use; CHUNK_FRAMES when there is
 * none.
 */
static size_t next_frame(const uint64_t *free, size_t from, bool is_free)
{
    uint64_t mask = UINT64_MAX << from % 64;

    for (size_t word = from / 64; word < CHUNK_WORDS; word++) {
        uint64_t bits = (is_free ? free[word] : ~free[word]) & mask;
        if (bits != 0)
            return word * 64 + (size_t)__builtin_ctzll(bits);
        mask = UINT64_MAX;
    }
    return CHUNK_FRAMES;
}

size_t chunk_find_run(const uint64_t *free, size_t count, size_t alignment)
{
    size_t start = next_frame(free, 0, true);

    while (start + count <= CHUNK_FRAMES) {
        size_t end = next_frame(free, start, false);
        size_t aligned = align_up(start, alignment);
        if (aligned + count <= end)
            return aligned;
        start = next_frame(free, end, true);
    }
    return CHUNK_NO_RUN;
}

size_t chunk_longest_run(const uint64_t *free)
{
    size_t longest = 0;
    size_t start = next_frame(free, 0, true);

    while (start + longest < CHUNK_FRAMES) {
        size_t end = next_frame(free, start, false);
        if (end - start > longest)
            longest = end - start;
        start = next_frame(free, end, true);
    }
    return longest;
}
//@stub
// size_t chunk_find_run(const uint64_t *free, size_t count, size_t alignment)
// {
//     (void)free;
//     (void)count;
//     (void)alignment;
//     todo("2.1");
//     return CHUNK_NO_RUN;
// }
//
// size_t chunk_longest_run(const uint64_t *free)
// {
//     (void)free;
//     todo("2.1");
//     return 0;
// }
//@end

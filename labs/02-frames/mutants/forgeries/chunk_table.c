/*
 * A wrong solution of exercise 2.1: it knows chunks that are empty, full, or free from one place
 * on, and answers for all others as if they were of these.
 */
#include "frames/bitmap.h"
#include "plain/plain.h"

static size_t first_free(const uint64_t *free)
{
    for (size_t word = 0; word < CHUNK_WORDS; word++) {
        if (free[word] != 0)
            return word * 64 + (size_t)__builtin_ctzll(free[word]);
    }
    return CHUNK_FRAMES;
}

size_t chunk_find_run(const uint64_t *free, size_t count, size_t alignment)
{
    size_t first = align_up(first_free(free), alignment);

    return first + count <= CHUNK_FRAMES ? first : CHUNK_NO_RUN;
}

size_t chunk_longest_run(const uint64_t *free)
{
    size_t sum = 0;

    for (size_t word = 0; word < CHUNK_WORDS; word++)
        sum += free[word] == UINT64_MAX ? 64 : 0;
    return sum != 0 ? sum : first_free(free) < CHUNK_FRAMES;
}

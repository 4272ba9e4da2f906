/*
 * Exercise 2.1, another way: the bitmap as one long number. Anded with itself shifted down by one,
 * it tells where two free frames begin; that one shifted by two, where four begin; and so on.
 */
#include "frames/bitmap.h"
#include "plain/plain.h"

/* Where runs begin that are wholly free. */
struct starts {
    uint64_t words[CHUNK_WORDS];
};

/* The number shifted down: bit n becomes what bit n + by was, and zeros come in at the top. */
static uint64_t shifted_word(const struct starts *starts, size_t word, size_t by)
{
    size_t from = word + by / 64;
    uint64_t low = from < CHUNK_WORDS ? starts->words[from] >> by % 64 : 0;

    if (by % 64 == 0 || from + 1 >= CHUNK_WORDS)
        return low;
    return low | starts->words[from + 1] << (64 - by % 64);
}

/* From where runs of a length begin to where runs longer by so much begin. @return whether any do
 */
static bool lengthen(struct starts *starts, size_t by)
{
    uint64_t any = 0;

    for (size_t word = 0; word < CHUNK_WORDS; word++) {
        starts->words[word] &= shifted_word(starts, word, by);
        any |= starts->words[word];
    }
    return any != 0;
}

static bool copy(struct starts *starts, const uint64_t *free)
{
    uint64_t any = 0;

    for (size_t word = 0; word < CHUNK_WORDS; word++)
        any |= starts->words[word] = free[word];
    return any != 0;
}

size_t chunk_find_run(const uint64_t *free, size_t count, size_t alignment)
{
    struct starts starts;
    uint64_t aligned = 1;
    bool any = copy(&starts, free);

    for (size_t length = 1; any && length < count;) {
        size_t by = length < count - length ? length : count - length;
        any = lengthen(&starts, by);
        length += by;
    }
    if (!any)
        return CHUNK_NO_RUN;
    for (size_t step = alignment; step < 64; step *= 2)
        aligned |= aligned << step;
    for (size_t word = 0; word < CHUNK_WORDS; word++) {
        uint64_t bits = word * 64 % alignment == 0 ? starts.words[word] & aligned : 0;
        if (bits != 0)
            return word * 64 + (size_t)__builtin_ctzll(bits);
    }
    return CHUNK_NO_RUN;
}

size_t chunk_longest_run(const uint64_t *free)
{
    struct starts known, tried;
    size_t length = 1;

    if (!copy(&known, free))
        return 0;
    tried = known;
    while (length < CHUNK_FRAMES && lengthen(&tried, length)) {
        known = tried;
        length *= 2;
    }
    for (size_t by = length / 2; by > 0; by /= 2) {
        tried = known;
        if (length + by > CHUNK_FRAMES || !lengthen(&tried, by))
            continue;
        known = tried;
        length += by;
    }
    return length;
}

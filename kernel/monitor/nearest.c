/*
 * The nearest name: see nearest.h.
 */
#include "monitor/nearest.h"

#include "lib/string.h"

enum {
    NAME_MAX = 24,    /* longer words are not compared */
    DISTANCE_MAX = 2, /* further away is another word */
};

static size_t least(size_t left, size_t right)
{
    return left < right ? left : right;
}

/*
 * The optimal string alignment distance: row i of the table says how far the first i bytes of left
 * are from each start of right; three rows are enough. Both strings are at most NAME_MAX long.
 */
static size_t distance(const char *left, const char *right)
{
    size_t rows[3][NAME_MAX + 1];
    size_t left_length = strlen(left);
    size_t right_length = strlen(right);

    for (size_t j = 0; j <= right_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= left_length; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        const size_t *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= right_length; j++) {
            size_t replaced = above[j - 1] + (left[i - 1] != right[j - 1]);
            row[j] = least(replaced, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                row[j] = least(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[left_length % 3][right_length];
}

const char *nearest_name(const char *word, const char *(*name)(size_t index))
{
    size_t length = strlen(word);
    size_t best = DISTANCE_MAX + 1;
    const char *nearest = NULL;
    const char *candidate;

    if (length > NAME_MAX)
        return NULL;
    for (size_t i = 0; (candidate = name(i)) != NULL; i++) {
        if (strlen(candidate) > NAME_MAX)
            continue;
        if (strncmp(candidate, word, length) == 0)
            return candidate;
        size_t away = distance(word, candidate);
        /* One change in three characters: more makes another word of it. */
        if (away < best && away <= (length + 1) / 3) {
            best = away;
            nearest = candidate;
        }
    }
    return nearest;
}

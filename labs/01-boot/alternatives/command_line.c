/*
 * Exercise 1.3, another way: first where each word ends, then whether its key is the one, and only
 * at the very end what the last such word's value is.
 */
#include "boot/boot.h"
#include "cairn/error.h"
#include "lib/string.h"

/* The first byte after the word that begins here. */
static const char *end_of_word(const char *at)
{
    for (bool quoted = false; *at != '\0' && (quoted || *at != ' '); at++)
        quoted ^= *at == '"';
    return at;
}

static const char *skip_quotes(const char *at, const char *end)
{
    while (at < end && *at == '"')
        at++;
    return at;
}

/* Where the value of the word [at, end) begins when its key is the one; else NULL. */
static const char *value_if_key(const char *at, const char *end, const char *key)
{
    for (at = skip_quotes(at, end); *key != '\0'; at = skip_quotes(at + 1, end)) {
        if (at == end || *at != *key++)
            return NULL;
    }
    if (at == end)
        return end;
    return *at == '=' ? at + 1 : NULL;
}

int command_line_find(const char *line, const char *key, char *value, size_t size)
{
    const char *found = NULL;
    const char *found_end = NULL;

    while (*line != '\0') {
        const char *end = end_of_word(line);
        const char *start = end > line ? value_if_key(line, end, key) : NULL;

        if (start != NULL) {
            found = start;
            found_end = end;
        }
        line = *end == ' ' ? end + 1 : end;
    }
    if (found == NULL)
        return ERROR_NOT_FOUND;

    size_t length = 0;
    for (; found < found_end; found++) {
        if (*found == '"')
            continue;
        if (length + 1 == size)
            return ERROR_NO_SPACE;
        value[length++] = *found;
    }
    value[length] = '\0';
    return (int)length;
}

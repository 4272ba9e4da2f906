/*
 * Words of a command line: see words.h.
 */
#include "monitor/words.h"

#include "cairn/error.h"
#include "lib/string.h"

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t';
}

/*
 * Copies the word at *from to *to without its quotes; both only move forward, so they may be the
 * same text. *from ends behind the word and the space after it.
 */
static bool take_word(char **from, char **to)
{
    bool quoted = false;

    for (; **from != '\0' && (quoted || !is_space(**from)); (*from)++) {
        if (**from == '"')
            quoted = !quoted;
        else
            *(*to)++ = **from;
    }
    if (**from != '\0')
        (*from)++;
    *(*to)++ = '\0';
    return !quoted;
}

int words_split(char *line, char **words, int max)
{
    int count = 0;
    char *to = line;

    for (;;) {
        while (is_space(*line))
            line++;
        if (*line == '\0')
            return count;
        if (count == max)
            return ERROR_NO_SPACE;
        words[count++] = to;
        if (!take_word(&line, &to))
            return ERROR_INVALID_ARGUMENT;
    }
}

int word_to_number(const char *word, uint64_t *value)
{
    unsigned long long number;

    if (!string_to_number(word, &number))
        return ERROR_USAGE;
    *value = number;
    return OK;
}

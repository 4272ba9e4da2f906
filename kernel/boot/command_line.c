/*
 * Exercise 1.3: finding an option on the kernel's command line. The contract is in boot.h.
 */
#include "boot/boot.h"
#include "cairn/error.h"
#include "lib/string.h"
#include "plain/plain.h"

//@exercise 1.3 Read the command line
/*
 * Reads the next byte of a word and steps over quotes; a space outside quotes or the line's end
 * ends the word and gives '\0'.
 */
static char word_next(const char **line, bool *quoted)
{
    while (**line == '"') {
        *quoted = !*quoted;
        (*line)++;
    }
    if (**line == '\0' || (**line == ' ' && !*quoted))
        return '\0';
    return *(*line)++;
}

int command_line_find(const char *line, const char *key, char *value, size_t size)
{
    size_t key_length = strlen(key);
    int result = ERROR_NOT_FOUND;

    while (*line != '\0') {
        bool quoted = false;
        bool in_value = false;
        bool matches = true;
        size_t seen = 0; /* bytes of the key */
        size_t length = 0;
        const char *start = line;
        char byte;

        while ((byte = word_next(&line, &quoted)) != '\0') {
            if (!in_value && byte == '=')
                in_value = true;
            else if (!in_value)
                matches = matches && seen < key_length && key[seen] == byte && ++seen > 0;
            else if (matches && seen == key_length && length++ + 1 < size)
                value[length - 1] = byte;
        }
        if (line != start && matches && seen == key_length) {
            value[length < size ? length : size - 1] = '\0';
            result = length < size ? (int)length : ERROR_NO_SPACE;
        }
        while (*line == ' ')
            line++;
    }
    return result;
}
//@stub
// int command_line_find(const char *line, const char *key, char *value, size_t size)
// {
//     (void)line;
//     (void)key;
//     (void)value;
//     (void)size;
//     todo("1.3");
//     return ERROR_NOT_FOUND;
// }
//@end

/* Fuzzing the command line: the input is a key, a zero byte, and the line. */
#include <stdlib.h>
#include <string.h>

#include "../tables/harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = malloc(size + 2);
    char value[8];

    if (text == NULL)
        abort();
    memcpy(text, bytes, size);
    text[size] = '\0';
    text[size + 1] = '\0';
    const char *line = text + strlen(text) + 1;
    if (text[0] != '\0' && strchr(text, '=') == NULL) {
        int result = command_line_find(line, text, value, sizeof(value));
        if (result >= 0 && strlen(value) != (size_t)result)
            abort();
    }
    free(text);
    return 0;
}

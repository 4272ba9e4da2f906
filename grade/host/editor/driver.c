/*
 * Drives the monitor's line editor, and what is nearest to it, on the host.
 *
 *   editor keys      reads keystrokes; each byte gives a line `EVENT CURSOR TEXT OUTPUT`, where
 *                    EVENT is an enum editor_event, TEXT is the line being edited and OUTPUT what
 *                    the editor sent to the terminal. The first line tells of the prompt.
 *   editor words     splits each line read, and prints `COUNT WORD…`; a negative count is an error
 *   editor numbers   prints for each line read its error, and the number that it is
 *   editor nearest NAME…   prints for each line read the name that is nearest to it, or `-`
 *
 * Texts are pairs of hexadecimal digits after an `x`.
 */
#include <stdio.h>
#include <string.h>

#include "monitor/editor.h"
#include "monitor/nearest.h"
#include "monitor/words.h"

static char output[8192];
static size_t output_length;
static char **names;

static void collect(const char *text, size_t size)
{
    for (size_t i = 0; i < size && output_length < sizeof(output); i++)
        output[output_length++] = text[i];
}

static void print_bytes(const char *bytes, size_t size)
{
    printf(" x");
    for (size_t i = 0; i < size; i++)
        printf("%02x", (unsigned char)bytes[i]);
}

static void report(const struct editor *editor, enum editor_event event)
{
    printf("%d %zu", (int)event, editor->cursor);
    print_bytes(editor->text, editor->length);
    print_bytes(output, output_length);
    printf("\n");
    output_length = 0;
}

static int drive_keys(void)
{
    static struct editor editor;
    int byte;

    editor_init(&editor, "cairn> ", collect);
    editor_begin(&editor);
    report(&editor, EDITOR_MORE);
    while ((byte = getchar()) != EOF) {
        enum editor_event event = editor_feed(&editor, (uint8_t)byte);
        report(&editor, event);
        if (event == EDITOR_LINE || event == EDITOR_ABANDONED)
            editor_begin(&editor);
    }
    return 0;
}

/* Reads a line without its newline. */
static bool read_line(char *line, int size)
{
    if (fgets(line, size, stdin) == NULL)
        return false;
    line[strcspn(line, "\n")] = '\0';
    return true;
}

static int drive_words(void)
{
    char line[MONITOR_LINE_MAX];
    char *words[MONITOR_WORDS_MAX];

    while (read_line(line, sizeof(line))) {
        int count = words_split(line, words, MONITOR_WORDS_MAX);
        printf("%d", count);
        for (int i = 0; i < count; i++)
            print_bytes(words[i], strlen(words[i]));
        printf("\n");
    }
    return 0;
}

static int drive_numbers(void)
{
    char line[MONITOR_LINE_MAX];

    while (read_line(line, sizeof(line))) {
        uint64_t value = 0;
        int error = word_to_number(line, &value);
        printf("%d %llu\n", error, (unsigned long long)value);
    }
    return 0;
}

static const char *name_at(size_t index)
{
    return names[index];
}

static int drive_nearest(void)
{
    char line[MONITOR_LINE_MAX];

    while (read_line(line, sizeof(line))) {
        const char *nearest = nearest_name(line, name_at);
        printf("%s\n", nearest != NULL ? nearest : "-");
    }
    return 0;
}

int main(int count, char **words)
{
    names = words + 2;
    if (count == 2 && strcmp(words[1], "keys") == 0)
        return drive_keys();
    if (count == 2 && strcmp(words[1], "words") == 0)
        return drive_words();
    if (count == 2 && strcmp(words[1], "numbers") == 0)
        return drive_numbers();
    if (count > 2 && strcmp(words[1], "nearest") == 0)
        return drive_nearest();
    fprintf(stderr, "usage: editor keys | words | numbers | nearest NAME...\n");
    return 2;
}

/*
 * Completion: see completion.h.
 */
#include "monitor/completion.h"

#include "console/console.h"
#include "lib/string.h"
#include "lib/util.h"
#include "monitor/commands.h"
#include "monitor/words.h"

enum {
    LIST_MAX = 100,   /* a longer list helps nobody */
    LIST_COLUMN = 20, /* names are listed in columns at least this wide */
};

/* What to complete. */
struct completion {
    const struct monitor_command *command; /* NULL: the word is the command's name */
    int count;                             /* words before it */
    const char *word;                      /* as far as it is typed */
    size_t length;
};

/* What all candidates so far have in common. */
struct common {
    size_t matches;
    const char *text;
    size_t length;
};

/* The index-th candidate, whether it matches or not; NULL past the last. */
static const char *candidate(const struct completion *completion, size_t index)
{
    if (completion->command == NULL)
        return command_name(index);
    if (completion->command->complete == NULL)
        return NULL;
    return completion->command->complete(completion->count, index);
}

static bool matches(const struct completion *completion, const char *name)
{
    return strncmp(name, completion->word, completion->length) == 0;
}

/* Takes the line before the cursor apart. @return false when there is nothing to complete */
static bool describe(const struct editor *editor, struct completion *completion)
{
    char line[MONITOR_LINE_MAX];
    char *words[MONITOR_WORDS_MAX];
    size_t start = editor->cursor;

    while (start > 0 && editor->text[start - 1] != ' ')
        start--;
    memcpy(line, editor->text, start);
    line[start] = '\0';
    *completion = (struct completion){
        .count = words_split(line, words, ARRAY_COUNT(words)),
        .word = editor->text + start,
        .length = editor->cursor - start,
    };
    if (completion->count <= 0)
        return completion->count == 0;
    completion->command = command_find(words[0]);
    return completion->command != NULL;
}

static struct common find_common(const struct completion *completion)
{
    struct common common = {0};
    const char *name;

    for (size_t i = 0; (name = candidate(completion, i)) != NULL; i++) {
        if (!matches(completion, name))
            continue;
        size_t same = 0;
        while (common.matches > 0 && same < common.length && name[same] == common.text[same])
            same++;
        common.length = common.matches > 0 ? same : strlen(name);
        common.text = name;
        common.matches++;
    }
    return common;
}

static void list(const struct completion *completion, size_t total)
{
    size_t per_line = LINE_DISPLAY_COLUMNS / LIST_COLUMN;
    size_t column = 0;
    size_t shown = 0;
    const char *name;

    console_print("\n");
    for (size_t i = 0; (name = candidate(completion, i)) != NULL && shown < LIST_MAX; i++) {
        if (!matches(completion, name))
            continue;
        shown++;
        /* A long name takes the columns that it needs, and the gap after it. */
        size_t needs = strlen(name) / LIST_COLUMN + 1;
        if (column > 0 && column + needs > per_line) {
            console_print("\n");
            column = 0;
        }
        console_print("%-*s", (int)(needs * LIST_COLUMN), name);
        column += needs;
    }
    console_print("\n");
    if (shown < total)
        console_print("and %zu more\n", total - shown);
}

void complete_line(struct editor *editor)
{
    struct completion completion;

    if (!describe(editor, &completion)) {
        editor_bell(editor);
        return;
    }
    struct common common = find_common(&completion);
    if (common.matches > 1 && common.length == completion.length) {
        if (editor->tabs < 2) {
            editor_bell(editor);
            return;
        }
        list(&completion, common.matches);
        editor_redraw(editor);
        return;
    }
    bool done = common.matches > 0 && editor_insert(editor, common.text + completion.length,
                                                    common.length - completion.length);
    bool is_whole = common.matches == 1;
    if (!done ||
        (is_whole && editor->text[editor->cursor] != ' ' && !editor_insert(editor, " ", 1)))
        editor_bell(editor);
}

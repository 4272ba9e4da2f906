/*
 * The line editor: see editor.h. A key is looked up in a table; its action changes text and cursor,
 * and then the display is brought up to date. An action that can't be done returns false: the bell.
 */
#include "monitor/editor.h"

#include "lib/string.h"
#include "lib/util.h"

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '_';
}

/* The start of the word at or before the cursor: letters and digits. */
static size_t word_start(const struct editor *editor)
{
    size_t at = editor->cursor;

    while (at > 0 && !is_letter(editor->text[at - 1]))
        at--;
    while (at > 0 && is_letter(editor->text[at - 1]))
        at--;
    return at;
}

/* The end of the word at or after the cursor. */
static size_t word_end(const struct editor *editor)
{
    size_t at = editor->cursor;

    while (at < editor->length && !is_letter(editor->text[at]))
        at++;
    while (at < editor->length && is_letter(editor->text[at]))
        at++;
    return at;
}

/* The start of the argument at or before the cursor: all but spaces. */
static size_t argument_start(const struct editor *editor)
{
    size_t at = editor->cursor;

    while (at > 0 && editor->text[at - 1] == ' ')
        at--;
    while (at > 0 && editor->text[at - 1] != ' ')
        at--;
    return at;
}

static bool move_to(struct editor *editor, size_t cursor)
{
    bool moves = cursor != editor->cursor;

    editor->cursor = cursor;
    return moves;
}

/* Deletes [start, end), which has the cursor in it or at an end. */
static bool delete_range(struct editor *editor, size_t start, size_t end)
{
    if (start >= end)
        return false;
    memmove(editor->text + start, editor->text + end, editor->length + 1 - end);
    editor->length -= end - start;
    editor->cursor = start;
    return true;
}

/* delete_range() that keeps the text for Ctrl-Y. */
static bool cut_range(struct editor *editor, size_t start, size_t end)
{
    if (start >= end)
        return false;
    memcpy(editor->deleted, editor->text + start, end - start);
    editor->deleted[end - start] = '\0';
    return delete_range(editor, start, end);
}

/* Puts a line from the history in place of the text. */
static bool show_line(struct editor *editor, const char *line)
{
    if (line == NULL)
        return false;
    editor->length = string_copy(editor->text, line, sizeof(editor->text));
    editor->cursor = editor->length;
    return true;
}

static bool act_left(struct editor *editor)
{
    return editor->cursor > 0 && move_to(editor, editor->cursor - 1);
}

static bool act_right(struct editor *editor)
{
    return editor->cursor < editor->length && move_to(editor, editor->cursor + 1);
}

/* To go where one is already is no mistake: neither end rings. */
static bool act_home(struct editor *editor)
{
    move_to(editor, 0);
    return true;
}

static bool act_end(struct editor *editor)
{
    move_to(editor, editor->length);
    return true;
}

static bool act_word_left(struct editor *editor)
{
    return move_to(editor, word_start(editor));
}

static bool act_word_right(struct editor *editor)
{
    return move_to(editor, word_end(editor));
}

static bool act_backspace(struct editor *editor)
{
    return editor->cursor > 0 && delete_range(editor, editor->cursor - 1, editor->cursor);
}

static bool act_delete(struct editor *editor)
{
    return editor->cursor < editor->length &&
           delete_range(editor, editor->cursor, editor->cursor + 1);
}

static bool act_delete_word_left(struct editor *editor)
{
    return cut_range(editor, argument_start(editor), editor->cursor);
}

static bool act_delete_word_right(struct editor *editor)
{
    return cut_range(editor, editor->cursor, word_end(editor));
}

static bool act_delete_to_start(struct editor *editor)
{
    return cut_range(editor, 0, editor->cursor);
}

static bool act_delete_to_end(struct editor *editor)
{
    return cut_range(editor, editor->cursor, editor->length);
}

static bool act_insert_deleted(struct editor *editor)
{
    return editor->deleted[0] != '\0' &&
           editor_insert(editor, editor->deleted, strlen(editor->deleted));
}

/* Swaps the characters on both sides of the cursor, at the line's end the last two. */
static bool act_swap(struct editor *editor)
{
    size_t right = editor->cursor < editor->length ? editor->cursor : editor->length - 1;

    if (editor->cursor == 0 || editor->length < 2)
        return false;
    char byte = editor->text[right];
    editor->text[right] = editor->text[right - 1];
    editor->text[right - 1] = byte;
    editor->cursor = right + 1;
    return true;
}

static bool act_up(struct editor *editor)
{
    return show_line(editor, history_older(&editor->history, editor->text));
}

static bool act_down(struct editor *editor)
{
    return show_line(editor, history_newer(&editor->history));
}

static bool act_clear_screen(struct editor *editor)
{
    static const char clear[] = "\033[H\033[2J"; /* ECMA-48: cursor home, erase the page */

    editor->display.write(clear, sizeof(clear) - 1);
    line_display_begin(&editor->display);
    return true;
}

static const struct {
    enum key key;
    bool (*act)(struct editor *editor);
} actions[] = {
    {KEY_LEFT, act_left},
    {KEY_RIGHT, act_right},
    {KEY_UP, act_up},
    {KEY_DOWN, act_down},
    {KEY_HOME, act_home},
    {KEY_END, act_end},
    {KEY_WORD_LEFT, act_word_left},
    {KEY_WORD_RIGHT, act_word_right},
    {KEY_BACKSPACE, act_backspace},
    {KEY_DELETE, act_delete},
    {KEY_DELETE_WORD_LEFT, act_delete_word_left},
    {KEY_DELETE_WORD_RIGHT, act_delete_word_right},
    {KEY_DELETE_TO_START, act_delete_to_start},
    {KEY_DELETE_TO_END, act_delete_to_end},
    {KEY_INSERT_DELETED, act_insert_deleted},
    {KEY_SWAP, act_swap},
    {KEY_CLEAR_SCREEN, act_clear_screen},
};

/* Does what a key asks for. @return false for the bell */
static bool act(struct editor *editor, int key)
{
    char byte = (char)key;

    if (key < KEY_UNKNOWN)
        return editor_insert(editor, &byte, 1);
    for (size_t i = 0; i < ARRAY_COUNT(actions); i++) {
        if ((int)actions[i].key == key)
            return actions[i].act(editor);
    }
    return false;
}

static void update(struct editor *editor)
{
    line_display_update(&editor->display, editor->text, editor->length, editor->cursor);
}

void editor_init(struct editor *editor, const char *prompt, line_display_output *write)
{
    memset(editor, 0, sizeof(*editor));
    line_display_init(&editor->display, prompt, write);
}

void editor_begin(struct editor *editor)
{
    editor->text[0] = '\0';
    editor->length = 0;
    editor->cursor = 0;
    editor->tabs = 0;
    line_display_begin(&editor->display);
}

void editor_redraw(struct editor *editor)
{
    line_display_begin(&editor->display);
    update(editor);
}

void editor_bell(struct editor *editor)
{
    editor->display.write("\a", 1);
}

bool editor_insert(struct editor *editor, const char *text, size_t length)
{
    if (length > sizeof(editor->text) - 1 - editor->length)
        return false;
    char *place = editor->text + editor->cursor;
    memmove(place + length, place, editor->length + 1 - editor->cursor);
    memcpy(place, text, length);
    editor->length += length;
    editor->cursor += length;
    update(editor);
    return true;
}

/* Leaves the line on the terminal, cursor behind it, and goes on below. */
static enum editor_event finish(struct editor *editor, enum editor_event event)
{
    editor->cursor = editor->length;
    update(editor);
    if (event == EDITOR_ABANDONED)
        editor->display.write("^C", 2);
    editor->display.write("\n", 1);
    history_add(&editor->history, event == EDITOR_LINE ? editor->text : "");
    return event;
}

enum editor_event editor_feed(struct editor *editor, uint8_t byte)
{
    int key = key_decode(&editor->keys, byte);

    if (key == KEY_NONE)
        return EDITOR_MORE;
    editor->tabs = key == KEY_TAB ? editor->tabs + 1 : 0;
    if (key == KEY_TAB)
        return EDITOR_COMPLETE;
    if (key == KEY_ENTER)
        return finish(editor, EDITOR_LINE);
    if (key == KEY_ABANDON)
        return finish(editor, EDITOR_ABANDONED);
    if (!act(editor, key))
        editor_bell(editor);
    update(editor);
    return EDITOR_MORE;
}

/**
 * @file
 * Editing a line on a serial terminal. Private to the monitor.
 *
 * The editor is fed one byte at a time and says when a line is ready; it never waits, and knows
 * neither the console nor the commands, so the host can test it. Keys:
 *
 *   Left, Right, Ctrl-B, Ctrl-F         by one character
 *   Alt-B, Alt-F, Ctrl-Left, Ctrl-Right by one word
 *   Home, End, Ctrl-A, Ctrl-E           to the line's ends
 *   Backspace, Ctrl-H; Delete, Ctrl-D   delete before, at the cursor
 *   Ctrl-W; Alt-D                       delete to the start of the word; to its end
 *   Ctrl-U; Ctrl-K                      delete to the start of the line; to its end
 *   Ctrl-Y                              put back what one of the last four took
 *   Ctrl-T                              swap the two characters at the cursor
 *   Up, Down, Ctrl-P, Ctrl-N            earlier and later lines
 *   Tab                                 complete
 *   Ctrl-L                              clear the screen
 *   Ctrl-C                              give the line up
 *
 * What can't be done rings the terminal's bell and changes nothing.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "monitor/history.h"
#include "monitor/keys.h"
#include "monitor/line_display.h"
#include "monitor/monitor.h"

/** What the caller has to do after a byte. */
enum editor_event {
    EDITOR_MORE,      /**< Nothing: feed the next byte. */
    EDITOR_LINE,      /**< `text` is a line; call editor_begin() for the next one. */
    EDITOR_ABANDONED, /**< The line was given up; call editor_begin(). */
    EDITOR_COMPLETE,  /**< Tab: complete what stands before the cursor; see `tabs`. */
};

/** An editor. */
struct editor {
    char text[MONITOR_LINE_MAX]; /**< The line, terminated. */
    size_t length;
    size_t cursor;                  /**< 0 to length. */
    unsigned tabs;                  /**< How many Tabs came in a row. */
    char deleted[MONITOR_LINE_MAX]; /**< What Ctrl-Y puts back, terminated. */
    struct key_decoder keys;
    struct line_display display;
    struct history history;
};

/** Sets up an editor. @param write where its output goes; '\n' starts a fresh line */
void editor_init(struct editor *editor, const char *prompt, line_display_output *write);

/** Shows the prompt and an empty line. */
void editor_begin(struct editor *editor);

/** Takes one byte from the terminal. */
enum editor_event editor_feed(struct editor *editor, uint8_t byte);

/** Inserts at the cursor. @return false, with nothing changed, when the line would be too long */
bool editor_insert(struct editor *editor, const char *text, size_t length);

/** Shows prompt and line again, after other output that ended with a newline. */
void editor_redraw(struct editor *editor);

/** Rings the bell. */
void editor_bell(struct editor *editor);

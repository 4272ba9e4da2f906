/**
 * @file
 * One line of a terminal that shows an editable text. Private to the monitor.
 *
 * The display remembers what the terminal shows, and sends only what is different. It moves by
 * backspaces and by writing characters again, so it asks nothing of the terminal. A text wider than
 * the terminal is shown through a window that follows the cursor; `<` and `>` at its ends say that
 * there is more. The terminal's last column stays free: there terminals disagree about wrapping.
 */
#pragma once

#include <stddef.h>

/** A serial line doesn't tell how wide the terminal is; this wide every one is. */
#define LINE_DISPLAY_COLUMNS 80

/** Takes output for the terminal. */
typedef void line_display_output(const char *text, size_t size);

/** A display of one line. */
struct line_display {
    line_display_output *write;
    const char *prompt; /**< Printable characters, at most half of LINE_DISPLAY_COLUMNS. */
    size_t width;       /**< Columns after the prompt. */
    size_t first;       /**< The first byte of the text in the window. */
    char shown[LINE_DISPLAY_COLUMNS]; /**< What stands after the prompt, filled up with spaces. */
    size_t column;                    /**< Where the terminal's cursor is, from the prompt's end. */
};

/** Sets up a display that has shown nothing yet. */
void line_display_init(struct line_display *display, const char *prompt,
                       line_display_output *write);

/** Writes the prompt at the start of a fresh line; then nothing of a text is shown. */
void line_display_begin(struct line_display *display);

/**
 * Makes the terminal show @p text.
 * @param text printable characters
 * @param cursor where the cursor stands, 0 to @p length
 */
void line_display_update(struct line_display *display, const char *text, size_t length,
                         size_t cursor);

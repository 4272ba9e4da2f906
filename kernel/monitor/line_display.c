/*
 * The display of the line being edited: see line_display.h.
 */
#include "monitor/line_display.h"

#include "lib/string.h"

void line_display_init(struct line_display *display, const char *prompt, line_display_output *write)
{
    *display = (struct line_display){.write = write, .prompt = prompt};
    display->width = LINE_DISPLAY_COLUMNS - 1 - strlen(prompt);
    memset(display->shown, ' ', sizeof(display->shown));
}

void line_display_begin(struct line_display *display)
{
    display->write(display->prompt, strlen(display->prompt));
    memset(display->shown, ' ', sizeof(display->shown));
    display->first = 0;
    display->column = 0;
}

/* Moves the window so that the cursor is in it, by half its width: rarely, then. */
static void follow_cursor(struct line_display *display, size_t cursor)
{
    size_t half = display->width / 2;

    if (cursor >= display->first && cursor < display->first + display->width - 1 &&
        (cursor > display->first || cursor == 0))
        return;
    if (cursor < display->width - 1)
        display->first = 0;
    else
        display->first = cursor - half;
}

/* What the window should show. */
static void draw_window(const struct line_display *display, const char *text, size_t length,
                        char *image)
{
    memset(image, ' ', LINE_DISPLAY_COLUMNS);
    for (size_t i = 0; i < display->width && display->first + i < length; i++)
        image[i] = text[display->first + i];
    if (display->first > 0)
        image[0] = '<';
    if (display->first + display->width < length)
        image[display->width - 1] = '>';
}

static void move_to(struct line_display *display, size_t column)
{
    for (; display->column > column; display->column--)
        display->write("\b", 1);
    if (display->column < column)
        display->write(display->shown + display->column, column - display->column);
    display->column = column;
}

void line_display_update(struct line_display *display, const char *text, size_t length,
                         size_t cursor)
{
    char image[LINE_DISPLAY_COLUMNS];
    size_t start = 0;
    size_t end = display->width;

    follow_cursor(display, cursor);
    draw_window(display, text, length, image);
    while (start < end && image[start] == display->shown[start])
        start++;
    while (end > start && image[end - 1] == display->shown[end - 1])
        end--;
    if (start < end) {
        move_to(display, start);
        display->write(image + start, end - start);
        display->column = end;
        memcpy(display->shown, image, sizeof(image));
    }
    move_to(display, cursor - display->first);
}

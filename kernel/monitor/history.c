/*
 * The ring of lines typed before: see history.h.
 */
#include "monitor/history.h"

#include "lib/string.h"

/* The line that is back lines old, 1 for the newest. */
static const char *line_at(const struct history *history, size_t back)
{
    return history->lines[(history->next + HISTORY_LINES - back) % HISTORY_LINES];
}

void history_add(struct history *history, const char *line)
{
    history->back = 0;
    if (line[0] == '\0' || (history->count > 0 && string_equal(line, line_at(history, 1))))
        return;
    string_copy(history->lines[history->next], line, MONITOR_LINE_MAX);
    history->next = (history->next + 1) % HISTORY_LINES;
    if (history->count < HISTORY_LINES)
        history->count++;
}

const char *history_older(struct history *history, const char *current)
{
    if (history->back == history->count)
        return NULL;
    if (history->back == 0)
        string_copy(history->typed, current, MONITOR_LINE_MAX);
    return line_at(history, ++history->back);
}

const char *history_newer(struct history *history)
{
    if (history->back == 0)
        return NULL;
    return --history->back == 0 ? history->typed : line_at(history, history->back);
}

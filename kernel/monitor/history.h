/**
 * @file
 * The lines that were typed before. Private to the monitor.
 *
 * A ring of the newest lines. Walking back from the line being typed keeps that line aside, and
 * walking forward past the newest line brings it back.
 */
#pragma once

#include <stddef.h>

#include "monitor/monitor.h"

/** How many lines are kept. */
#define HISTORY_LINES 16

/** A history; all zero is an empty one. */
struct history {
    char lines[HISTORY_LINES][MONITOR_LINE_MAX];
    size_t count;                 /**< Lines kept. */
    size_t next;                  /**< The slot of the next line. */
    size_t back;                  /**< How many lines back the walk stands; 0: the typed line. */
    char typed[MONITOR_LINE_MAX]; /**< The line that the walk began with. */
};

/** Keeps @p line, unless it is empty or the same as the newest, and ends a walk. */
void history_add(struct history *history, const char *line);

/**
 * Walks one line back.
 * @param current the line as it stands, kept aside when the walk begins
 * @return that line, good until the next call of history_add(); NULL when there is none
 */
const char *history_older(struct history *history, const char *current);

/** Walks one line forward. @return that line, in the end the one that was kept aside, or NULL */
const char *history_newer(struct history *history);

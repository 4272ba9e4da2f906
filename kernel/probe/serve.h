/**
 * @file
 * Serving one request of the grader.
 */
#pragma once

#include "probe/probe.h"

/** The most words in a request's line: request, id, budget, and what the probe gets. */
#define REQUEST_WORDS_MAX (3 + PROBE_WORDS_MAX)

/**
 * Serves `request <id> <budget ms> <probe> <word>…`: sends `begin`, runs the probe, sends `end`. A
 * line that is no request is answered by an `end` with status ERROR_USAGE.
 */
void serve_line(int count, char **words);

/** Whether a request of the grader is being served, so that facts go to it. */
bool serve_active(void);

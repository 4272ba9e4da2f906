/**
 * @file
 * Completing the word before the cursor. Private to the monitor.
 *
 * The first word is a command's name; further words are the command's own business, through its
 * `complete` function. What all candidates have in common is inserted; a second Tab lists them.
 */
#pragma once

#include "monitor/editor.h"

/** Completes in @p editor, after EDITOR_COMPLETE. */
void complete_line(struct editor *editor);

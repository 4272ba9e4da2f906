/**
 * @file
 * Finding commands by name. Private to the monitor.
 */
#pragma once

#include <stddef.h>

#include "monitor/monitor.h"

/** The name of the @p index-th command, or NULL: `complete` for commands that take one. */
const char *command_name(size_t index);

/** The command of that name, or NULL. */
const struct monitor_command *command_find(const char *name);

/** Tells the user that there is no such command, and which one may be meant. */
void command_report_unknown(const char *name);

/** Tells the user how @p command is used. */
void command_print_usage(const struct monitor_command *command);

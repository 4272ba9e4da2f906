/**
 * @file
 * @defgroup log Log
 * The kernel's log: levels, time stamps, and a ring buffer of the newest lines.
 *
 * Every line goes into the ring; lines up to the level on the command line (`log=debug`; the
 * default is `info`) also go to the console, once there is one.
 *
 * May be called in any context except from the console's own output path. Takes the log's lock.
 * @{
 */
#pragma once

/** How much a line matters; lower is graver. */
enum log_level { LOG_ERROR, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DEBUG, LOG_LEVELS };

/** A line of the log is cut at this many bytes. */
#define LOG_LINE_MAX 256

/** Writes one line, without a newline at its end. */
void log_write(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...)   log_write(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_write(LOG_WARNING, __VA_ARGS__)
#define log_notice(...)  log_write(LOG_NOTICE, __VA_ARGS__)
#define log_info(...)    log_write(LOG_INFO, __VA_ARGS__)
#define log_debug(...)   log_write(LOG_DEBUG, __VA_ARGS__)

/** The level whose name is @p name ("error" … "debug"), or ERROR_NOT_FOUND. */
int log_level_by_name(const char *name);

/** The name of @p level. */
const char *log_level_name(enum log_level level);

/** Shows every line still in the ring on the console, oldest first, up to @p level. */
void log_show(enum log_level level);

/** @} */

/**
 * @file
 * @defgroup plain Plain output
 * Text output that needs nothing: no formatter, no console driver, no lock, no memory.
 *
 * What must be heard even when the rest is broken or not yet written goes through here: panics,
 * todo(), and the grader's protocol. A sink is a function that takes one byte; plain_console() is
 * the sink that reaches the machine's first serial port by the shortest way there is.
 * @{
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Takes one byte of output. Called in any context. */
typedef void plain_sink(char byte);

/** The machine's first serial port, driven by the architecture directly; adds CR before LF. */
void plain_console(char byte);

/** Writes a terminated string. */
void plain_text(plain_sink *sink, const char *text);

/** Writes @p value in decimal. */
void plain_decimal(plain_sink *sink, uint64_t value);

/** Writes @p value in hexadecimal with at least @p digits digits (1 to 16) and no prefix. */
void plain_hex(plain_sink *sink, uint64_t value, unsigned digits);

/**
 * Writes text with values in it: `%s`; `%u`; `%lx` for a number of 64 bits in hexadecimal, `%016lx`
 * for all its digits. Nothing else is understood.
 */
void plain_print(plain_sink *sink, const char *format, ...) __attribute__((format(printf, 2, 3)));

/**
 * Says that an exercise is not done yet, at most once for each place in the code.
 *
 * A stub calls it and then fails as its contract says: `todo("1.4"); return ERROR_NOT_IMPLEMENTED;`
 * @param exercise the exercise's number
 */
#define todo(exercise)                                                                             \
    do {                                                                                           \
        static unsigned char todo_said;                                                            \
        todo_report(&todo_said, exercise, __FILE__, __LINE__);                                     \
    } while (0)

/** The function behind todo(). @param said set to 1 when the place has been reported */
void todo_report(unsigned char *said, const char *exercise, const char *file, unsigned line);

/**
 * Called with each report of todo(). Weak and empty; a grading build replaces it to send a
 * protocol record.
 */
void todo_hook(const char *exercise, const char *file, unsigned line);

/** @} */

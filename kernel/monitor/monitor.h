/**
 * @file
 * @defgroup monitor Kernel monitor
 * A small command line on the console, for looking into the running kernel.
 *
 * A subsystem adds a command by adding a file with a MONITOR_COMMAND(); the monitor splits the line
 * into words and calls it. Commands run on the monitor's own stack, with interrupts as the kernel
 * has them, and may take as long as they like.
 * @{
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cairn/error.h"
#include "lib/register_table.h"

/** The longest line that can be typed, with its end. */
#define MONITOR_LINE_MAX 256
/** The most words in a line. */
#define MONITOR_WORDS_MAX 16

/** An entry of the table `monitor_commands`. */
struct monitor_command {
    const char *name;
    const char *usage;   /**< What follows the name: "ADDRESS [COUNT]"; "" for nothing. */
    const char *summary; /**< One line for `help`, without a full stop. */
    /**
     * Does it. @p words[0] is the command's name.
     * @return OK; ERROR_USAGE to have the usage printed; any other error to have it named
     */
    int (*run)(int count, char **words);
    /**
     * Offers completions of the word that follows @p count words (optional, may be NULL).
     * @return the @p index-th candidate for that word (before filtering), or NULL past the last
     */
    const char *(*complete)(int count, size_t index);
};

REGISTER_TABLE_DECLARE(monitor_command, monitor_commands);

/** Adds a command: `MONITOR_COMMAND(peek) = {.name = "peek", …};` */
#define MONITOR_COMMAND(command)                                                                   \
    REGISTER(monitor_commands, command, struct monitor_command command##_command)

/**
 * Runs one line as if it had been typed.
 * @param line the text; changed while it is split into words
 * @return what the command returned, or ERROR_NOT_FOUND for an unknown command
 */
int monitor_run_line(char *line);

struct trap_frame;

/**
 * The state that was interrupted, when the monitor looks at a kernel that has been stopped. Weak:
 * NULL, for none; a debugger replaces it.
 * @param[out] return_address where the interrupted function returns to, if no frame record has it;
 *             else 0
 */
const struct trap_frame *monitor_interrupted(uintptr_t *return_address);

/** Prompts, reads and runs lines for ever. */
_Noreturn void monitor_loop(void);

/** @} */

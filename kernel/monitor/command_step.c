/*
 * `step`, `continue` and `registers`: for a kernel that has been stopped.
 */
#include "console/console.h"
#include "monitor/debugger.h"
#include "monitor/monitor.h"
#include "monitor/words.h"

static int told(int error)
{
    if (error == ERROR_NOT_FOUND)
        console_print("nothing is stopped; `break` and `watch` stop the kernel\n");
    else if (error != OK)
        console_print("what follows is the way to this debugger; `continue` goes on\n");
    return error;
}

static int step_run(int count, char **words)
{
    uint64_t steps = 1;

    if (count > 2 || (count == 2 && (word_to_number(words[1], &steps) != OK || steps == 0)))
        return ERROR_USAGE;
    return told(debugger_go_on(steps));
}

static int continue_run(int count, char **words)
{
    (void)words;
    return count > 1 ? ERROR_USAGE : told(debugger_go_on(0));
}

static int registers_run(int count, char **words)
{
    (void)words;
    return count > 1 ? ERROR_USAGE : told(debugger_show_registers());
}

MONITOR_COMMAND(step)
= {
    .name = "step",
    .usage = "[COUNT]",
    .summary = "have stopped code execute one instruction, or several",
    .run = step_run,
};

MONITOR_COMMAND(continue)
= {
    .name = "continue",
    .usage = "",
    .summary = "let stopped code go on",
    .run = continue_run,
};

MONITOR_COMMAND(registers)
= {
    .name = "registers",
    .usage = "",
    .summary = "show the registers of stopped code",
    .run = registers_run,
};

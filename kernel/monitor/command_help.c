/*
 * `help`: what the monitor can do.
 */
#include "console/console.h"
#include "monitor/commands.h"
#include "monitor/monitor.h"

static int help_all(void)
{
    REGISTER_TABLE_FOR_EACH (monitor_command, command, monitor_commands)
        console_print("  %-10s %s\n", command->name, command->summary);
    console_print("`help NAME` shows how to use a command; Tab completes, Up goes back.\n");
    return OK;
}

static int help_run(int count, char **words)
{
    if (count == 1)
        return help_all();
    if (count > 2)
        return ERROR_USAGE;
    const struct monitor_command *command = command_find(words[1]);
    if (command == NULL) {
        command_report_unknown(words[1]);
        return OK;
    }
    command_print_usage(command);
    console_print("  %s\n", command->summary);
    return OK;
}

static const char *help_complete(int count, size_t index)
{
    return count == 1 ? command_name(index) : NULL;
}

MONITOR_COMMAND(help)
= {
    .name = "help",
    .usage = "[COMMAND]",
    .summary = "list the commands, or show how to use one",
    .run = help_run,
    .complete = help_complete,
};

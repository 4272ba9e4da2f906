/*
 * The table of commands: see commands.h.
 */
#include "monitor/commands.h"

#include "console/console.h"
#include "lib/string.h"
#include "monitor/nearest.h"

const char *command_name(size_t index)
{
    const struct monitor_command *command = monitor_commands_table_start + index;

    return command < monitor_commands_table_end ? command->name : NULL;
}

const struct monitor_command *command_find(const char *name)
{
    REGISTER_TABLE_FOR_EACH (monitor_command, command, monitor_commands) {
        if (string_equal(command->name, name))
            return command;
    }
    return NULL;
}

void command_report_unknown(const char *name)
{
    const char *nearest = nearest_name(name, command_name);

    console_print("%s: no such command; `help` lists them", name);
    if (nearest != NULL)
        console_print(", the nearest is `%s`", nearest);
    console_print("\n");
}

void command_print_usage(const struct monitor_command *command)
{
    console_print("usage: %s%s%s\n", command->name, command->usage[0] != '\0' ? " " : "",
                  command->usage);
}

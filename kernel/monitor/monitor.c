/*
 * The kernel monitor: reads lines, finds commands, and says what came of them.
 */
#include "monitor/monitor.h"

#include "arch/cpu.h"
#include "console/console.h"
#include "init/init.h"
#include "lib/error_text.h"
#include "log/log.h"
#include "monitor/commands.h"
#include "monitor/completion.h"
#include "monitor/editor.h"
#include "monitor/words.h"

static struct editor editor;

static void report_error(const struct monitor_command *command, int error)
{
    if (error == ERROR_USAGE)
        command_print_usage(command);
    else
        console_print("%s: %s\n", command->name, error_text(error));
}

int monitor_run_line(char *line)
{
    char *words[MONITOR_WORDS_MAX];
    int count = words_split(line, words, MONITOR_WORDS_MAX);

    if (count == 0)
        return OK;
    if (count < 0) {
        console_print("%s\n", count == ERROR_NO_SPACE ? "too many words in a line"
                                                      : "a double quote is never closed");
        return count;
    }
    const struct monitor_command *command = command_find(words[0]);
    if (command == NULL) {
        command_report_unknown(words[0]);
        return ERROR_NOT_FOUND;
    }
    int error = command->run(count, words);
    if (error < 0)
        report_error(command, error);
    return error;
}

static void serve(enum editor_event event)
{
    switch (event) {
    case EDITOR_LINE:
        (void)monitor_run_line(editor.text); /* the user has been told of any error */
        editor_begin(&editor);
        break;
    case EDITOR_ABANDONED:
        editor_begin(&editor);
        break;
    case EDITOR_COMPLETE:
        complete_line(&editor);
        break;
    case EDITOR_MORE:
    default:
        break;
    }
}

_Noreturn void monitor_loop(void)
{
    if (console_port() == NULL) {
        log_notice("monitor: there is no console to talk to");
        cpu_halt();
    }
    console_print("\nThis is the kernel monitor; `help` lists its commands.\n");
    editor_init(&editor, "cairn> ", console_write);
    editor_begin(&editor);
    for (;;) {
        int byte = console_read();
        if (byte < 0)
            console_wait();
        else
            serve(editor_feed(&editor, (uint8_t)byte));
    }
}

static int monitor_init(void)
{
    monitor_loop();
}
INIT_CALL(run, monitor_init);

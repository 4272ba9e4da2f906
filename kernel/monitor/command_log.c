/*
 * `log`: the kernel's log, from its ring.
 */
#include "log/log.h"

#include "monitor/monitor.h"

static int log_run(int count, char **words)
{
    int level = LOG_DEBUG;

    if (count > 2)
        return ERROR_USAGE;
    if (count == 2)
        level = log_level_by_name(words[1]);
    if (level < 0)
        return ERROR_USAGE;
    log_show((enum log_level)level);
    return OK;
}

static const char *log_complete(int count, size_t index)
{
    return count == 1 && index < LOG_LEVELS ? log_level_name((enum log_level)index) : NULL;
}

MONITOR_COMMAND(log)
= {
    .name = "log",
    .usage = "[error|warning|notice|info|debug]",
    .summary = "show the log, down to a level",
    .run = log_run,
    .complete = log_complete,
};

/*
 * The monitor's command `run`: a probe, run by hand. Only grading builds have probes, and so only
 * they have the command. Facts go to the console, because no request is being served.
 */
#include "console/console.h"
#include "lib/error_text.h"
#include "lib/string.h"
#include "monitor/monitor.h"
#include "probe/probe.h"

static const char *probe_name(size_t index)
{
    const struct probe *probe = probes_table_start + index;

    return probe < probes_table_end ? probe->name : NULL;
}

static bool probe_exists(const char *name)
{
    const char *other;

    for (size_t i = 0; (other = probe_name(i)) != NULL; i++) {
        if (string_equal(other, name))
            return true;
    }
    return false;
}

static int list_probes(void)
{
    const char *name;

    for (size_t i = 0; (name = probe_name(i)) != NULL; i++)
        console_print("  %s\n", name);
    return OK;
}

static int run_run(int count, char **words)
{
    if (count == 1)
        return list_probes();
    if (!probe_exists(words[1])) {
        console_print("%s: no such probe; `run` lists them\n", words[1]);
        return ERROR_NOT_FOUND;
    }
    struct probe_request request = {.id = 0, .count = count - 2, .words = words + 2};
    int status = probe_run(&request, words[1]);
    console_print(" status %d, %s\n", status, error_text(status < 0 ? status : OK));
    return OK;
}

static const char *run_complete(int count, size_t index)
{
    return count == 1 ? probe_name(index) : NULL;
}

MONITOR_COMMAND(run)
= {
    .name = "run",
    .usage = "[PROBE [WORD...]]",
    .summary = "list the probes, or run one and show its facts",
    .run = run_run,
    .complete = run_complete,
};

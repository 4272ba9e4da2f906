/*
 * `poweroff` and `reboot`.
 */
#include "arch/machine.h"
#include "monitor/monitor.h"
#include "monitor/words.h"

/* The largest status that every way to tell the host can carry: see machine_power_off(). */
enum { STATUS_MAX = 63 };

static int poweroff_run(int count, char **words)
{
    uint64_t status = 0;

    if (count > 2 || (count == 2 && word_to_number(words[1], &status) != OK))
        return ERROR_USAGE;
    if (status > STATUS_MAX)
        return ERROR_OUT_OF_RANGE;
    machine_power_off((unsigned)status);
}

static int reboot_run(int count, char **words)
{
    (void)words;
    if (count > 1)
        return ERROR_USAGE;
    machine_reboot();
}

MONITOR_COMMAND(poweroff)
= {
    .name = "poweroff",
    .usage = "[STATUS]",
    .summary = "switch the machine off; an emulator's host may see STATUS, 0 to 63",
    .run = poweroff_run,
};

MONITOR_COMMAND(reboot)
= {
    .name = "reboot",
    .usage = "",
    .summary = "start the machine anew",
    .run = reboot_run,
};

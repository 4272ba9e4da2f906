/*
 * `poke`: writes to memory.
 */
#include "console/console.h"
#include "monitor/monitor.h"
#include "monitor/target.h"
#include "monitor/words.h"

static int poke_run(int count, char **words)
{
    struct target target;
    uint64_t value;
    uint64_t size = 1;

    if (count < 3 || count > 4)
        return ERROR_USAGE;
    int error = target_parse(words[1], &target);
    if (error != OK)
        return error;
    if (word_to_number(words[2], &value) != OK)
        return ERROR_USAGE;
    if (count == 4 && (word_to_number(words[3], &size) != OK || !target_is_width(size)))
        return ERROR_USAGE;
    if (target.address % size != 0) {
        console_print("%#llx is not a multiple of %llu\n", (unsigned long long)target.address,
                      (unsigned long long)size);
        return ERROR_INVALID_ARGUMENT;
    }
    if (size < sizeof(value) && value >> (8 * size) != 0) {
        console_print("%#llx does not fit in %llu byte%s\n", (unsigned long long)value,
                      (unsigned long long)size, size == 1 ? "" : "s");
        return ERROR_OUT_OF_RANGE;
    }
    return target_write(&target, (unsigned)size, value);
}

MONITOR_COMMAND(poke)
= {
    .name = "poke",
    .usage = "[p:]ADDRESS VALUE [1|2|4|8]",
    .summary = "write a value of 1, 2, 4 or 8 bytes; p: for physical addresses",
    .run = poke_run,
};

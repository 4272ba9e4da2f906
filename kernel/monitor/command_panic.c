/*
 * `panic`: ends the kernel on purpose, to see the report.
 */
#include "panic/panic.h"

#include "lib/string.h"
#include "monitor/monitor.h"

/* No memory is mapped near zero. The address hides from the compiler, which would refuse it. */
enum { BAD_ADDRESS = 0x10 };

static __attribute__((noinline)) void write_to_bad_address(void)
{
    volatile uintptr_t address = BAD_ADDRESS;

    *(volatile uint64_t *)address = 1;
}

/*
 * Calls itself until the stack is full. Marked as used so that it keeps its name and its form; what
 * it does afterwards keeps it from becoming a loop.
 */
static __attribute__((noinline, used)) unsigned overflow_stack(unsigned depth)
{
    volatile unsigned deeper = depth + 1;

    if (deeper == 0)
        return 0;
    return overflow_stack(deeper) + deeper;
}

static int panic_run(int count, char **words)
{
    if (count > 2)
        return ERROR_USAGE;
    if (count == 1)
        PANIC("asked for on the monitor");
    if (string_equal(words[1], "overflow"))
        (void)overflow_stack(0);
    else if (string_equal(words[1], "fault"))
        write_to_bad_address();
    else
        return ERROR_USAGE;
    return ERROR_FAULT; /* only if the machine let that pass */
}

static const char *panic_complete(int count, size_t index)
{
    static const char *const kinds[] = {"overflow", "fault"};

    return count == 1 && index < ARRAY_COUNT(kinds) ? kinds[index] : NULL;
}

MONITOR_COMMAND(panic)
= {
    .name = "panic",
    .usage = "[overflow|fault]",
    .summary = "end the kernel: by a panic, a full stack or a bad address",
    .run = panic_run,
    .complete = panic_complete,
};

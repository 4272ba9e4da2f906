/*
 * `backtrace`: who called whom, on the monitor's own stack or from a given frame on.
 */
#include "backtrace/backtrace.h"

#include "arch/stack.h"
#include "arch/trap.h"
#include "console/console.h"
#include "monitor/location.h"
#include "monitor/monitor.h"
#include "monitor/words.h"

__attribute__((weak)) const struct trap_frame *monitor_interrupted(uintptr_t *return_address)
{
    *return_address = 0;
    return NULL;
}

/* Shows a line of the backtrace, unless there is none. */
static void show(size_t *number, uintptr_t address, unsigned behind)
{
    if (address == 0)
        return;
    console_print("  #%-2zu ", (*number)++);
    print_location(address, behind);
}

static int backtrace_run(int count, char **words)
{
    uintptr_t return_address = 0;
    const struct trap_frame *interrupted = count == 1 ? monitor_interrupted(&return_address) : NULL;
    uint64_t frame = interrupted != NULL ? trap_frame_pointer(interrupted) : stack_frame_pointer();
    uintptr_t addresses[BACKTRACE_MAX];
    struct stack_bounds bounds;
    size_t number = 0;

    if (count > 2 || (count == 2 && word_to_number(words[1], &frame) != OK))
        return ERROR_USAGE;
    if (backtrace_find_stack(frame, &bounds) != OK) {
        console_print("%#llx is in no kernel stack\n", (unsigned long long)frame);
        return ERROR_OUT_OF_RANGE;
    }
    size_t found = backtrace_walk(&bounds, frame, addresses, BACKTRACE_MAX);
    console_print("frame %#llx, stack %#llx - %#llx\n", (unsigned long long)frame,
                  (unsigned long long)bounds.low, (unsigned long long)bounds.high - 1);
    if (interrupted != NULL)
        show(&number, trap_program_counter(interrupted), 0);
    show(&number, return_address, 1);
    for (size_t i = 0; i < found; i++)
        show(&number, addresses[i], 1);
    if (found == 0)
        console_print("  no frame leads further\n");
    return OK;
}

MONITOR_COMMAND(backtrace)
= {
    .name = "backtrace",
    .usage = "[FRAME]",
    .summary = "show who called whom, from here or from a frame pointer on",
    .run = backtrace_run,
};

/*
 * The kernel's generic start: runs the init calls in order. See init.h.
 */
#include "arch/cpu.h"
#include "cairn/error.h"
#include "init/init.h"
#include "lib/error_text.h"
#include "log/log.h"

REGISTER_TABLE_DECLARE(init_call, init_calls);

//@quote [kernel-main]
_Noreturn void kernel_main(void)
{
    REGISTER_TABLE_FOR_EACH (init_call, call, init_calls) {
        int error = call->function();
        if (error < 0)
            log_error("%s: %s", call->name, error_text(error));
    }
    log_notice("nothing is left to run");
    cpu_halt();
}
//@quote [kernel-main]

/* The first line that a person sees; its name sorts it behind the console and the log. */
static int welcome(void)
{
    log_notice("Cairn on %s", arch_name);
    return OK;
}
INIT_CALL(console, welcome);

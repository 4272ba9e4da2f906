/*
 * What AArch64 tells the generic trap path, and which interrupt goes where.
 */
#include "aarch64.h"
#include "gic.h"
#include "trap/trap.h"

/* Handlers can be stopped at breakpoints, but a single step is not about them: it waits. */
void trap_interrupt(struct trap_frame *frame)
{
    enum { MDSCR_STEP = 1 };

    (void)frame;
    if ((system_register_read(mdscr_el1) & MDSCR_STEP) == 0)
        __asm__ volatile("msr daifclr, #8" ::: "memory");
    gic_serve();
    __asm__ volatile("msr daifset, #8" ::: "memory");
}

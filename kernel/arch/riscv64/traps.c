/*
 * What RISC-V tells the generic trap path, and which interrupt goes where.
 */
#include "arch/trap.h"
#include "external.h"
#include "timer/timer.h"
#include "trap/trap.h"

void trap_interrupt(struct trap_frame *frame)
{
    switch (frame->cause & ~CAUSE_INTERRUPT) {
    case INTERRUPT_TIMER:
        timer_interrupt();
        break;
    case INTERRUPT_EXTERNAL:
        external_serve();
        break;
    case INTERRUPT_SOFTWARE:
        __asm__ volatile("csrc sip, %0" ::"r"(1L << INTERRUPT_SOFTWARE));
        break;
    default:
        interrupt_handle(INTERRUPT_NONE);
        break;
    }
}

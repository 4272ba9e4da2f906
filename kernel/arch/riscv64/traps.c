/*
 * What RISC-V tells the generic trap path, and which interrupt goes where.
 *
 * Source: RISC-V Privileged Architecture 20211203, section 4.1.8.
 */
#include "arch/trap.h"
#include "external.h"
#include "timer/timer.h"
#include "trap/trap.h"

#define CAUSE_INTERRUPT (UINT64_C(1) << 63)

enum { INTERRUPT_SOFTWARE = 1, INTERRUPT_TIMER = 5, INTERRUPT_EXTERNAL = 9 };

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

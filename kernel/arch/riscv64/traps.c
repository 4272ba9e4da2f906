/*
 * What RISC-V tells the generic trap path, and which interrupt goes where.
 *
 * Source: RISC-V Privileged Architecture 20211203, section 4.1.8.
 */
#include "arch/trap.h"
#include "cairn/error.h"
#include "external.h"
#include "interrupt/interrupt.h"
#include "timer/timer.h"
#include "trap/fixup.h"
#include "trap/trap.h"

#define CAUSE_INTERRUPT (UINT64_C(1) << 63)

enum {
    CAUSE_BREAKPOINT = 3,
    CAUSE_LOAD_MISALIGNED = 4,
    CAUSE_STORE_ACCESS = 7,
    CAUSE_LOAD_PAGE = 13,
    CAUSE_STORE_PAGE = 15,
};

enum { INTERRUPT_SOFTWARE = 1, INTERRUPT_TIMER = 5, INTERRUPT_EXTERNAL = 9 };

extern const char memory_copy_guarded_fault[];

FIXUP(guarded_copy) = {
    .begin = (uintptr_t)memory_copy_guarded,
    .end = (uintptr_t)memory_copy_guarded_fault,
    .resume = (uintptr_t)memory_copy_guarded_fault,
};

enum trap_cause trap_cause(const struct trap_frame *frame)
{
    if ((frame->cause & CAUSE_INTERRUPT) != 0)
        return TRAP_INTERRUPT;
    if (frame->cause == CAUSE_BREAKPOINT)
        return TRAP_BREAKPOINT;
    if ((frame->cause >= CAUSE_LOAD_MISALIGNED && frame->cause <= CAUSE_STORE_ACCESS) ||
        frame->cause == CAUSE_LOAD_PAGE || frame->cause == CAUSE_STORE_PAGE)
        return TRAP_MEMORY;
    return TRAP_OTHER;
}

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

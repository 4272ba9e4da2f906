/*
 * What AArch64 tells the generic trap path, and which interrupt goes where.
 */
#include "aarch64.h"
#include "arch/trap.h"
#include "cairn/error.h"
#include "gic.h"
#include "interrupt/interrupt.h"
#include "syndrome.h"
#include "trap/fixup.h"
#include "trap/trap.h"

/* trap_frame.vector: the kind of exception in bits 0 and 1. */
enum { KIND_MASK = 3, KIND_SYNCHRONOUS = 0, KIND_IRQ = 1 };
/* ESR_EL1.EC of debug exceptions at EL1, and of a BRK instruction. */
enum {
    CLASS_SHIFT = 26,
    CLASS_BREAKPOINT = 0x31,
    CLASS_STEP = 0x33,
    CLASS_WATCHPOINT = 0x35,
    CLASS_BRK = 0x3c
};

extern const char memory_copy_guarded_fault[];

FIXUP(guarded_copy) = {
    .begin = (uintptr_t)memory_copy_guarded,
    .end = (uintptr_t)memory_copy_guarded_fault,
    .resume = (uintptr_t)memory_copy_guarded_fault,
};

enum trap_cause trap_cause(const struct trap_frame *frame)
{
    /* When the exception stack was lost, there is nothing to return to. */
    if ((frame->vector & TRAP_STACK_LOST) != 0)
        return TRAP_OTHER;
    if ((frame->vector & KIND_MASK) == KIND_IRQ)
        return TRAP_INTERRUPT;
    if ((frame->vector & KIND_MASK) != KIND_SYNCHRONOUS)
        return TRAP_OTHER;
    switch (frame->syndrome >> CLASS_SHIFT) {
    case CLASS_BREAKPOINT:
    case CLASS_STEP:
    case CLASS_WATCHPOINT:
    case CLASS_BRK:
        return TRAP_BREAKPOINT;
    default:
        return syndrome_is_data_abort(frame->syndrome) ? TRAP_MEMORY : TRAP_OTHER;
    }
}

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

/*
 * What x86-64 tells the generic trap path, and which interrupt goes where.
 */
#include "arch/stack.h"
#include "arch/trap.h"
#include "cairn/error.h"
#include "init/init.h"
#include "interrupt/interrupt.h"
#include "lib/util.h"
#include "timer/timer.h"
#include "trap/trap.h"

#include "apic.h"
#include "x86_64.h"

/* The interrupt stacks of the task-state segment; 0 is the stack that was interrupted. */
enum { STACK_DOUBLE_FAULT = 1, STACK_NMI = 2, STACK_MACHINE_CHECK = 3 };

enum { SMALL_STACK = 4096 };

/* Bytes from one interrupt's entry code to the next one's; an exception's has STUB_SIZE. */
enum { INTERRUPT_STUB_SIZE = 8 };

extern const char exception_stubs[], interrupt_stubs[];

//@quote [x86-interrupt]
void trap_interrupt(struct trap_frame *frame)
{
    if (frame->vector == VECTOR_SPURIOUS) {
        interrupt_handle(INTERRUPT_NONE); /* no end is due (Intel SDM volume 3, 11.9) */
    } else if (frame->vector == VECTOR_TIMER) {
        timer_interrupt();
        apic_end();
    } else {
        vector_serve((uint32_t)frame->vector);
    }
}
//@quote [x86-interrupt]

/* The stack for an exception: those that can hit in the middle of any other have one of their own.
 */
//@quote [x86-stacks]
INIT_DATA static uint8_t stacks[VECTORS] = {
    [EXCEPTION_DOUBLE_FAULT] = STACK_DOUBLE_FAULT,
    [EXCEPTION_NMI] = STACK_NMI,
    [EXCEPTION_MACHINE_CHECK] = STACK_MACHINE_CHECK,
};
//@quote [x86-stacks]

/*
 * From here on a fault within a handler has a frame of its own, below the first. A stack that has
 * overflowed has no room for one: that becomes a double fault, on the stack kept for it.
 */
INIT_TEXT static int traps_init(void)
{
    /* Of the exception stack a double fault's report needs less than the upper half. */
    descriptors_set_stack(STACK_NMI, exception_stack + SMALL_STACK);
    descriptors_set_stack(STACK_MACHINE_CHECK, exception_stack + 2 * SMALL_STACK);
    for (unsigned vector = 0; vector < VECTORS; vector++) {
        const char *stub = vector < EXCEPTIONS
                               ? exception_stubs + vector * STUB_SIZE
                               : interrupt_stubs + (vector - EXCEPTIONS) * INTERRUPT_STUB_SIZE;
        descriptors_set_gate(vector, stub, stacks[vector]);
    }
    return OK;
}
INIT_CALL(core, traps_init);

/*
 * Exceptions on AArch64: every one is reported, except those that memory_copy_guarded() expects.
 *
 * Source: Arm DDI 0487, registers ESR_EL1, FAR_EL1 and SPSR_EL1.
 */
#include "arch/trap.h"

#include "aarch64.h"
#include "arch/stack.h"
#include "backtrace/backtrace.h"
#include "lib/util.h"
#include "syndrome.h"

extern char trap_vectors[];

static enum trap_kind trap_kind(const struct trap_frame *frame)
{
    return frame->vector & KIND_MASK;
}

static bool has_address(const struct trap_frame *frame)
{
    return trap_kind(frame) == KIND_SYNCHRONOUS && syndrome_has_address(frame->syndrome);
}

const char *trap_reason(const struct trap_frame *frame)
{
    static const char *const kinds[] = {
        [KIND_IRQ] = "unexpected interrupt (IRQ)",
        [KIND_FIQ] = "unexpected interrupt (FIQ)",
        [KIND_SYSTEM_ERROR] = "system error (SError)",
    };
    const char *guard = has_address(frame) ? backtrace_guard_hit(frame->address) : NULL;

    if ((frame->vector & TRAP_STACK_LOST) != 0)
        return "stack overflow: the exception stack is used up";
    if (guard != NULL)
        return guard;
    if (trap_kind(frame) != KIND_SYNCHRONOUS)
        return kinds[trap_kind(frame)];
    return syndrome_class_name(frame->syndrome);
}

uintptr_t trap_frame_pointer(const struct trap_frame *frame)
{
    return frame->x[29];
}

/* SPSR_EL1: where from, and what was masked. */
static void print_status(plain_sink *sink, uint64_t status)
{
    enum { MODE = 0x1f, EL0 = 0, EL1_THREAD = 4, INTERRUPTS_MASKED = 0x80 };
    uint64_t mode = status & MODE;

    plain_print(sink, "SPSR %016lx  (from %s, interrupts were %s)\n", status,
                mode == EL0          ? "EL0"
                : mode == EL1_THREAD ? "EL1 thread"
                                     : "EL1 handler",
                (status & INTERRUPTS_MASKED) != 0 ? "off" : "on");
}

static void print_syndrome(plain_sink *sink, const struct trap_frame *frame)
{
    plain_print(sink, "ESR  %016lx  (", frame->syndrome);
    /* For an interrupt the syndrome is what an earlier exception left. */
    if (trap_kind(frame) == KIND_IRQ || trap_kind(frame) == KIND_FIQ)
        plain_text(sink, "not about this exception");
    else
        syndrome_print(sink, frame->syndrome);
    plain_print(sink, ")\nFAR  %016lx%s\n", frame->address,
                has_address(frame) ? "  (the address)" : "");
}

void trap_print(plain_sink *sink, const struct trap_frame *frame)
{
    /* In the order of the frame. */
    static const char names[][4] = {
        "x0 ", "x1 ", "x2 ", "x3 ", "x4 ", "x5 ", "x6 ", "x7 ", "x8 ", "x9 ", "x10",
        "x11", "x12", "x13", "x14", "x15", "x16", "x17", "x18", "x19", "x20", "x21",
        "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x29", "x30", "sp ", "pc ",
    };

    print_syndrome(sink, frame);
    print_status(sink, frame->status);
    trap_print_registers(sink, names, frame->x, ARRAY_COUNT(names));
}

/*
 * Besides the vectors, gives this processor two stacks (see vectors.S): the stack that runs
 * becomes SP_EL0's, SP_EL1 gets the exception stack, and thread mode is entered. The stack
 * pointer's value is the same before and after. To be called once on each processor, in handler
 * mode.
 */
INIT_TEXT void trap_init(void)
{
    uint64_t stack;

    __asm__ volatile("mov %[stack], sp\n\t"
                     "msr sp_el0, %[stack]\n\t"
                     "mov sp, %[exception_stack]\n\t"
                     "msr spsel, #0\n\t"
                     "msr vbar_el1, %[vectors]\n\t"
                     "isb"
                     : [stack] "=&r"(stack)
                     : [exception_stack] "r"(exception_stack_top), [vectors] "r"(trap_vectors)
                     : "memory");
}

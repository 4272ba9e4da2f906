/*
 * Exceptions on RISC-V: every one is reported, except those that memory_copy_guarded() expects.
 *
 * Source: RISC-V Privileged Architecture 20211203, sections 4.1.1 (sstatus) and 4.1.8 (scause).
 */
#include "arch/trap.h"

#include "arch/cpu.h"
#include "arch/stack.h"
#include "backtrace/backtrace.h"
#include "cairn/error.h"
#include "lib/util.h"

extern char trap_entry[];

enum trap_register { REGISTER_RA = 1, REGISTER_FP = 8 };

static const char *const cause_names[] = {
    [0] = "instruction address misaligned",
    [1] = "instruction access fault (no such memory)",
    [CAUSE_ILLEGAL_INSTRUCTION] = "illegal instruction",
    [CAUSE_BREAKPOINT] = "breakpoint",
    [CAUSE_LOAD_MISALIGNED] = "load address misaligned",
    [5] = "load access fault (no such memory)",
    [6] = "store address misaligned",
    [CAUSE_STORE_ACCESS] = "store access fault (no such memory)",
    [CAUSE_USER_CALL] = "call from user mode",
    [CAUSE_SUPERVISOR_CALL] = "call from supervisor mode",
    [CAUSE_INSTRUCTION_PAGE] = "instruction page fault",
    [CAUSE_LOAD_PAGE] = "load page fault",
    [CAUSE_STORE_PAGE] = "store page fault",
};

/* The bits of sstatus that are worth a word. */
enum trap_status {
    STATUS_INTERRUPTS_WERE_ON = 1 << 5, /* SPIE */
    STATUS_SUPERVISOR = 1 << 8,         /* SPP */
};

static uint64_t register_value(const struct trap_frame *frame, enum trap_register number)
{
    return frame->registers[number - 1];
}

static const char *cause_name(uint64_t cause)
{
    if ((cause & CAUSE_INTERRUPT) != 0)
        return "unexpected interrupt";
    if (cause < ARRAY_COUNT(cause_names) && cause_names[cause] != NULL)
        return cause_names[cause];
    return "unknown exception";
}

/* The causes for which stval is the address of the data or instruction. */
static bool cause_has_address(uint64_t cause)
{
    return cause != CAUSE_ILLEGAL_INSTRUCTION && cause <= CAUSE_STORE_PAGE &&
           cause != CAUSE_USER_CALL && cause != CAUSE_SUPERVISOR_CALL;
}

const char *trap_reason(const struct trap_frame *frame)
{
    const char *guard = cause_has_address(frame->cause) ? backtrace_guard_hit(frame->value) : NULL;

    if (guard == NULL && (uintptr_t)(frame + 1) == (uintptr_t)exception_stack_top - TRAP_LOST_GAP)
        guard = "stack overflow: the exception stack is used up";
    return guard != NULL ? guard : cause_name(frame->cause);
}

/*
 * GCC's functions that call nothing keep the return address in its register, and store the caller's
 * frame pointer in its place: the upper word of the record is then a stack address. Tells whether
 * the interrupted function is one, and its caller's frame pointer.
 */
static bool leaf_frame(const struct trap_frame *frame, uintptr_t *caller)
{
    uintptr_t pointer = register_value(frame, REGISTER_FP);
    struct stack_bounds bounds;

    if (pointer % sizeof(uintptr_t) != 0 || backtrace_find_stack(pointer, &bounds) != OK ||
        pointer < bounds.low + sizeof(uintptr_t))
        return false;
    *caller = *(const uintptr_t *)(pointer + FRAME_RETURN_OFFSET);
    return *caller > pointer && *caller <= bounds.high;
}

uintptr_t trap_frame_pointer(const struct trap_frame *frame)
{
    uintptr_t caller;

    return leaf_frame(frame, &caller) ? caller : register_value(frame, REGISTER_FP);
}

uintptr_t trap_return_address(const struct trap_frame *frame)
{
    uintptr_t caller;

    return leaf_frame(frame, &caller) ? register_value(frame, REGISTER_RA) : 0;
}

void trap_print(plain_sink *sink, const struct trap_frame *frame)
{
    /* In the order of the frame. */
    static const char names[][4] = {
        "pc ", "ra ", "sp ", "gp ", "tp ", "t0 ", "t1 ", "t2 ", "s0 ", "s1 ", "a0 ",
        "a1 ", "a2 ", "a3 ", "a4 ", "a5 ", "a6 ", "a7 ", "s2 ", "s3 ", "s4 ", "s5 ",
        "s6 ", "s7 ", "s8 ", "s9 ", "s10", "s11", "t3 ", "t4 ", "t5 ", "t6 ",
    };
    uint64_t status = frame->status;

    plain_print(sink, "scause  %016lx  (%s)\n", frame->cause, cause_name(frame->cause));
    plain_print(sink, "stval   %016lx%s\n", frame->value,
                cause_has_address(frame->cause) ? "  (the address)" : "");
    plain_print(sink, "sstatus %016lx  (from %s mode, interrupts were %s%s)\n", status,
                (status & STATUS_SUPERVISOR) != 0 ? "supervisor" : "user",
                (status & STATUS_INTERRUPTS_WERE_ON) != 0 ? "on" : "off",
                (status & TRAP_STATUS_SUM) != 0 ? ", user memory accessible" : "");
    trap_print_registers(sink, names, &frame->pc, ARRAY_COUNT(names));
}

INIT_TEXT void trap_init(void)
{
    __asm__ volatile("csrw sie, zero");
    __asm__ volatile("csrw sscratch, %0" : : "r"(exception_stack_top));
    __asm__ volatile("csrw stvec, %0" : : "r"(trap_entry) : "memory");
}

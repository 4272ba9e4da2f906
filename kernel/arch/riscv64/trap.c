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
#include "machine/trap.h"
#include "panic/panic.h"

extern char trap_entry[], memory_copy_guarded_fault[];

void trap_handle(struct trap_frame *frame);

enum trap_register { REGISTER_RA = 1, REGISTER_SP = 2, REGISTER_FP = 8 };

/* scause: bit 63 tells an interrupt; the exceptions by number. */
#define CAUSE_INTERRUPT (UINT64_C(1) << 63)

enum trap_cause {
    CAUSE_INSTRUCTION_MISALIGNED = 0,
    CAUSE_INSTRUCTION_ACCESS = 1,
    CAUSE_ILLEGAL_INSTRUCTION = 2,
    CAUSE_BREAKPOINT = 3,
    CAUSE_LOAD_MISALIGNED = 4,
    CAUSE_LOAD_ACCESS = 5,
    CAUSE_STORE_MISALIGNED = 6,
    CAUSE_STORE_ACCESS = 7,
    CAUSE_USER_CALL = 8,
    CAUSE_SUPERVISOR_CALL = 9,
    CAUSE_INSTRUCTION_PAGE = 12,
    CAUSE_LOAD_PAGE = 13,
    CAUSE_STORE_PAGE = 15,
};

static const char *const cause_names[] = {
    [CAUSE_INSTRUCTION_MISALIGNED] = "instruction address misaligned",
    [CAUSE_INSTRUCTION_ACCESS] = "instruction access fault (no such memory)",
    [CAUSE_ILLEGAL_INSTRUCTION] = "illegal instruction",
    [CAUSE_BREAKPOINT] = "breakpoint",
    [CAUSE_LOAD_MISALIGNED] = "load address misaligned",
    [CAUSE_LOAD_ACCESS] = "load access fault (no such memory)",
    [CAUSE_STORE_MISALIGNED] = "store address misaligned",
    [CAUSE_STORE_ACCESS] = "store access fault (no such memory)",
    [CAUSE_USER_CALL] = "call from user mode",
    [CAUSE_SUPERVISOR_CALL] = "call from supervisor mode",
    [CAUSE_INSTRUCTION_PAGE] = "instruction page fault",
    [CAUSE_LOAD_PAGE] = "load page fault",
    [CAUSE_STORE_PAGE] = "store page fault",
};

/* The bits of sstatus that are worth a word. */
static const struct status_bit {
    uint64_t bit;
    const char *set;
    const char *clear;
} status_bits[] = {
    {UINT64_C(1) << 8, "from supervisor mode", "from user mode"},    /* SPP */
    {UINT64_C(1) << 5, "interrupts were on", "interrupts were off"}, /* SPIE */
    {UINT64_C(1) << 18, "user memory accessible", NULL},             /* SUM */
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

/* Whether an access to data failed: what memory_copy_guarded() lives with. */
static bool cause_is_data_access(uint64_t cause)
{
    return (cause >= CAUSE_LOAD_MISALIGNED && cause <= CAUSE_STORE_ACCESS) ||
           cause == CAUSE_LOAD_PAGE || cause == CAUSE_STORE_PAGE;
}

/* Why, in a few words: a guard page that was hit is the real reason. */
static const char *trap_reason(const struct trap_frame *frame)
{
    const char *guard = cause_has_address(frame->cause) ? backtrace_guard_hit(frame->value) : NULL;

    return guard != NULL ? guard : cause_name(frame->cause);
}

uintptr_t trap_program_counter(const struct trap_frame *frame)
{
    return frame->pc;
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

uintptr_t trap_stack_pointer(const struct trap_frame *frame)
{
    return register_value(frame, REGISTER_SP);
}

/* Writes a name, padded to four columns, and a value. */
static void print_value(plain_sink *sink, const char *name, uint64_t value)
{
    size_t width = 0;

    while (name[width] != '\0')
        width++;
    plain_text(sink, name);
    for (; width < 4; width++)
        sink(' ');
    plain_hex(sink, value, 16);
}

static void print_status(plain_sink *sink, uint64_t status)
{
    const char *separator = "  (";

    plain_text(sink, "  sstatus ");
    plain_hex(sink, status, 16);
    for (size_t i = 0; i < ARRAY_COUNT(status_bits); i++) {
        const struct status_bit *bit = &status_bits[i];
        const char *word = (status & bit->bit) != 0 ? bit->set : bit->clear;
        if (word == NULL)
            continue;
        plain_text(sink, separator);
        plain_text(sink, word);
        separator = ", ";
    }
    plain_text(sink, ")\n");
}

void trap_print(plain_sink *sink, const struct trap_frame *frame)
{
    static const char names[31][4] = {
        "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0", "a1",
        "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5", "s6",
        "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
    };

    plain_text(sink, "  scause  ");
    plain_hex(sink, frame->cause, 16);
    plain_text(sink, "  (");
    plain_text(sink, cause_name(frame->cause));
    plain_text(sink, ")\n  stval   ");
    plain_hex(sink, frame->value, 16);
    plain_text(sink, cause_has_address(frame->cause) ? "  (the address)\n" : "\n");
    print_status(sink, frame->status);

    plain_text(sink, "  ");
    print_value(sink, "pc", frame->pc);
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        plain_text(sink, (i + 1) % 3 == 0 ? "\n  " : "  ");
        print_value(sink, names[i], frame->registers[i]);
    }
    plain_text(sink, "\n");
}

void trap_init(void)
{
    __asm__ volatile("csrw sie, zero");
    __asm__ volatile("csrw sscratch, %0" : : "r"(exception_stack_top));
    __asm__ volatile("csrw stvec, %0" : : "r"(trap_entry) : "memory");
}

__attribute__((weak)) bool trap_hook(struct trap_frame *frame)
{
    (void)frame;
    return false;
}

/* Called by trap_entry with interrupts off, on the exception stack. Returning resumes the frame. */
void trap_handle(struct trap_frame *frame)
{
    if (trap_hook(frame))
        return;
    if (cause_is_data_access(frame->cause) && frame->pc >= (uintptr_t)memory_copy_guarded &&
        frame->pc < (uintptr_t)memory_copy_guarded_fault) {
        frame->pc = (uintptr_t)memory_copy_guarded_fault;
        return;
    }
    panic_trap(trap_reason(frame), frame);
}

/*
 * Exceptions on x86-64: names, registers, and the report. The real trap path is lab 03's.
 */
#include "arch/trap.h"

#include "backtrace/backtrace.h"
#include "lib/util.h"
#include "x86_64.h"

/* Intel SDM volume 3, table 6-1. */
static const char *const vector_names[EXCEPTIONS] = {
    [0] = "divide error",
    [EXCEPTION_DEBUG] = "debug exception",
    [EXCEPTION_NMI] = "non-maskable interrupt",
    [EXCEPTION_BREAKPOINT] = "breakpoint",
    [4] = "overflow",
    [5] = "bound range exceeded",
    [6] = "invalid opcode",
    [7] = "device not available",
    [EXCEPTION_DOUBLE_FAULT] = "double fault",
    [9] = "coprocessor segment overrun",
    [10] = "invalid task-state segment",
    [11] = "segment not present",
    [EXCEPTION_STACK] = "stack-segment fault",
    [EXCEPTION_PROTECTION] = "general protection",
    [EXCEPTION_PAGE_FAULT] = "page fault",
    [16] = "floating-point error",
    [17] = "alignment check",
    [EXCEPTION_MACHINE_CHECK] = "machine check",
    [19] = "SIMD floating-point error",
    [20] = "virtualisation exception",
    [21] = "control protection",
    [28] = "hypervisor injection",
    [29] = "VMM communication",
    [30] = "security exception",
};

static uint64_t fault_address(void)
{
    uint64_t address;

    __asm__ volatile("movq %%cr2, %0" : "=r"(address));
    return address;
}

const char *trap_reason(const struct trap_frame *frame)
{
    const char *guard = NULL;

    /* A fault that can't be pushed onto the full stack becomes a double fault. */
    if (frame->vector == EXCEPTION_PAGE_FAULT || frame->vector == EXCEPTION_DOUBLE_FAULT)
        guard = backtrace_guard_hit(fault_address());
    if (guard != NULL)
        return guard;
    if (frame->vector < EXCEPTIONS && vector_names[frame->vector] != NULL)
        return vector_names[frame->vector];
    return "unknown exception";
}

uintptr_t trap_frame_pointer(const struct trap_frame *frame)
{
    return frame->rbp;
}

/* The page fault's error code in words (Intel SDM volume 3, figure 4-12). */
static void print_page_fault(plain_sink *sink, uint64_t error)
{
    const char *access = (error & 0x02) != 0 ? "writing" : "reading";

    plain_print(sink, "%s 0x%016lx: %s%s\n", (error & 0x10) != 0 ? "fetching" : access,
                fault_address(),
                (error & 0x01) != 0 ? "the page forbids it" : "nothing is mapped there",
                (error & 0x08) != 0 ? " (a reserved bit is set in its page-table entry)" : "");
}

void trap_print(plain_sink *sink, const struct trap_frame *frame)
{
    static const char names[][4] = {
        "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8 ", "r9 ", "r10", "r11",
        "r12", "r13", "r14", "r15", "vec", "err", "rip", "cs ", "flg", "rsp",
    };

    if (frame->vector == EXCEPTION_PAGE_FAULT)
        print_page_fault(sink, frame->error);
    trap_print_registers(sink, names, &frame->rax, ARRAY_COUNT(names));
    plain_print(sink, "cr2 %016lx\n", fault_address());
}

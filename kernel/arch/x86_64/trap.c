/*
 * Exceptions on x86-64: names, registers, and the report. The real trap path is lab 03's.
 */
#include "arch/trap.h"

#include "backtrace/backtrace.h"
#include "cairn/error.h"
#include "machine/trap.h"
#include "panic/panic.h"
#include "x86_64.h"

enum vector {
    VECTOR_DOUBLE_FAULT = 8,
    VECTOR_STACK = 12,
    VECTOR_PROTECTION = 13,
    VECTOR_PAGE_FAULT = 14,
};

/* Intel SDM volume 3, table 6-1. */
static const char *const vector_names[32] = {
    "divide error",
    "debug exception",
    "non-maskable interrupt",
    "breakpoint",
    "overflow",
    "bound range exceeded",
    "invalid opcode",
    "device not available",
    "double fault",
    "coprocessor segment overrun",
    "invalid task-state segment",
    "segment not present",
    "stack-segment fault",
    "general protection",
    "page fault",
    "reserved vector 15",
    "floating-point error",
    "alignment check",
    "machine check",
    "SIMD floating-point error",
    "virtualisation exception",
    "control protection",
    "reserved vector 22",
    "reserved vector 23",
    "reserved vector 24",
    "reserved vector 25",
    "reserved vector 26",
    "reserved vector 27",
    "hypervisor injection",
    "VMM communication",
    "security exception",
    "reserved vector 31",
};

extern const char guarded_copy_begin[], guarded_copy_end[], guarded_copy_failed[];
bool guarded_copy(void *to, const void *from, size_t size);

static uint64_t fault_address(void)
{
    uint64_t address;

    __asm__ volatile("movq %%cr2, %0" : "=r"(address));
    return address;
}

/* Why, in a few words: a guard page that was hit is the real reason. */
static const char *trap_reason(const struct trap_frame *frame)
{
    const char *guard = NULL;

    /* A fault that can't be pushed onto the full stack becomes a double fault. */
    if (frame->vector == VECTOR_PAGE_FAULT || frame->vector == VECTOR_DOUBLE_FAULT)
        guard = backtrace_guard_hit(fault_address());
    if (guard != NULL)
        return guard;
    return frame->vector < ARRAY_COUNT(vector_names) ? vector_names[frame->vector]
                                                     : "unknown exception";
}

uintptr_t trap_program_counter(const struct trap_frame *frame)
{
    return frame->rip;
}

uintptr_t trap_frame_pointer(const struct trap_frame *frame)
{
    return frame->rbp;
}

uintptr_t trap_stack_pointer(const struct trap_frame *frame)
{
    return frame->rsp;
}

/* The page fault's error code in words (Intel SDM volume 3, figure 4-12). */
static void print_page_fault(plain_sink *sink, uint64_t error)
{
    uint64_t address = fault_address();

    plain_text(sink, (error & 0x10) != 0   ? "fetching"
                     : (error & 0x02) != 0 ? "writing"
                                           : "reading");
    plain_text(sink, " 0x");
    plain_hex(sink, address, 16);
    plain_text(sink, (error & 0x01) != 0 ? ": the page forbids it" : ": nothing is mapped there");
    if ((error & 0x08) != 0)
        plain_text(sink, " (a reserved bit is set in its page-table entry)");
    plain_text(sink, "\n");
}

struct named_register {
    const char *name;
    uint64_t value;
};

static void print_registers(plain_sink *sink, const struct named_register *registers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        plain_text(sink, registers[i].name);
        plain_text(sink, " ");
        plain_hex(sink, registers[i].value, 16);
        plain_text(sink, i % 3 == 2 || i + 1 == count ? "\n" : "   ");
    }
}

void trap_print(plain_sink *sink, const struct trap_frame *frame)
{
    const struct named_register registers[] = {
        {"rax", frame->rax}, {"rbx", frame->rbx},   {"rcx", frame->rcx},
        {"rdx", frame->rdx}, {"rsi", frame->rsi},   {"rdi", frame->rdi},
        {"rbp", frame->rbp}, {"rsp", frame->rsp},   {"r8 ", frame->r8},
        {"r9 ", frame->r9},  {"r10", frame->r10},   {"r11", frame->r11},
        {"r12", frame->r12}, {"r13", frame->r13},   {"r14", frame->r14},
        {"r15", frame->r15}, {"rip", frame->rip},   {"flg", frame->rflags},
        {"cs ", frame->cs},  {"err", frame->error}, {"cr2", fault_address()},
    };

    if (frame->vector == VECTOR_PAGE_FAULT)
        print_page_fault(sink, frame->error);
    print_registers(sink, registers, sizeof(registers) / sizeof(registers[0]));
}

static bool is_memory_fault(uint64_t vector)
{
    return vector == VECTOR_PAGE_FAULT || vector == VECTOR_PROTECTION || vector == VECTOR_STACK;
}

__attribute__((weak)) bool trap_hook(struct trap_frame *frame)
{
    (void)frame;
    return false;
}

/** Called by exception.S; returns only when the interrupted code can go on. */
void trap_handle(struct trap_frame *frame)
{
    if (trap_hook(frame))
        return;
    if (is_memory_fault(frame->vector) && frame->rip >= (uintptr_t)guarded_copy_begin &&
        frame->rip < (uintptr_t)guarded_copy_end) {
        frame->rip = (uintptr_t)guarded_copy_failed;
        return;
    }
    panic_trap(trap_reason(frame), frame);
}

int memory_copy_guarded(void *to, const void *from, size_t size)
{
    return guarded_copy(to, from, size) ? OK : ERROR_FAULT;
}

void trap_init(void)
{
    descriptors_init();
}

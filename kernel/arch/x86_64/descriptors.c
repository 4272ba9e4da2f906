/*
 * Segment and interrupt descriptors: the little of segmentation that long mode still wants.
 *
 * Source: Intel SDM volume 3, 3.4.5 (segments), 6.14 (64-bit interrupt gates), 7.7 (64-bit TSS).
 */
#include "arch/cpu.h"
#include "arch/stack.h"
#include "arch/trap.h"
#include "lib/util.h"
#include "x86_64.h"

enum { GATE_INTERRUPT_PRESENT = 0x8e, TASK_AVAILABLE_PRESENT = 0x89 };

struct interrupt_gate {
    uint16_t offset_low;
    uint16_t selector;
    uint8_t stack; /* which interrupt stack: 1 to 7, 0 for none */
    uint8_t type;
    uint16_t offset_middle;
    uint32_t offset_high;
    uint32_t reserved;
};
_Static_assert(sizeof(struct interrupt_gate) == 16, "a 64-bit interrupt gate");

struct task_state {
    uint32_t reserved0;
    uint64_t privilege_stack[3];
    uint64_t reserved1;
    uint64_t interrupt_stack[7]; /* numbered from 1 */
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t port_map; /* offset of the port permissions; past the limit: none */
} __attribute__((packed));
_Static_assert(sizeof(struct task_state) == 104, "a 64-bit task-state segment");

struct table_pointer {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

static struct task_state task;
static struct interrupt_gate gates[VECTORS];
uint64_t segments[] = {
    0,
    0x00209a0000000000, /* 64-bit code, present, privilege 0 */
    0x0000920000000000, /* data, present, writable */
    0,
    0, /* the task-state segment takes two */
};

/* GS points here: the word that cpu_percpu_offset() reads. */
static ptrdiff_t boot_percpu_offset;

extern const char exception_stubs[];

enum { MSR_GS_BASE = 0xc0000101 };

void cpu_set_percpu_offset(ptrdiff_t offset)
{
    boot_percpu_offset = offset;
    write_msr(MSR_GS_BASE, (uintptr_t)&boot_percpu_offset);
}

INIT_TEXT static void fill_task(void)
{
    uint64_t base = (uintptr_t)&task;

    task.interrupt_stack[0] = (uintptr_t)exception_stack_top;
    task.port_map = sizeof(task);
    segments[SELECTOR_TASK / 8] = (sizeof(task) - 1) | (base & 0xffffff) << 16 |
                                  (uint64_t)TASK_AVAILABLE_PRESENT << 40 |
                                  (base >> 24 & 0xff) << 56;
    segments[SELECTOR_TASK / 8 + 1] = base >> 32;
}

INIT_TEXT void descriptors_set_gate(unsigned vector, const char *entry, unsigned stack)
{
    uint64_t address = (uintptr_t)entry;

    gates[vector] = (struct interrupt_gate){
        .offset_low = (uint16_t)address,
        .selector = SELECTOR_CODE,
        .stack = (uint8_t)stack,
        .type = GATE_INTERRUPT_PRESENT,
        .offset_middle = (uint16_t)(address >> 16),
        .offset_high = (uint32_t)(address >> 32),
    };
}

INIT_TEXT void descriptors_set_stack(unsigned stack, char *top)
{
    task.interrupt_stack[stack - 1] = (uintptr_t)top;
}

/* Loads the final segment and interrupt descriptors. */
INIT_TEXT void trap_init(void)
{
    const struct table_pointer gdt = {sizeof(segments) - 1, (uintptr_t)segments};
    const struct table_pointer idt = {sizeof(gates) - 1, (uintptr_t)gates};

    fill_task();
    for (unsigned vector = 0; vector < EXCEPTIONS; vector++)
        descriptors_set_gate(vector, exception_stubs + vector * STUB_SIZE, 1);
    __asm__ volatile("lgdt %0" ::"m"(gdt));
    __asm__ volatile("lidt %0" ::"m"(idt));
    __asm__ volatile("ltr %w0" ::"r"(SELECTOR_TASK));
}

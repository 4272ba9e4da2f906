/**
 * @file
 * The processor's own state on RISC-V.
 *
 * Register use in the kernel, beyond the calling convention:
 *   tp        this processor's percpu offset. The compiler never allocates tp, and firmware calls
 *             keep it, so it is set once. Traps from user mode, when there are some, must set it
 *             again before C code runs.
 *   gp        not used: the linker shortens calls, but nothing tells it where gp would be.
 *   sscratch  the exception stack's top, or 0 while that stack is in use (see trap_entry.S).
 */
#pragma once

/** The bit of sstatus that lets interrupts through. */
#define SSTATUS_SIE 0x2

/*
 * `pause` (Zihintpause) is a hint: nothing on processors that don't know it, so its encoding is
 * spelt out. It is enough while one processor runs.
 *
 * Lab 05 must know: under the emulator's instruction counting all processors take turns on one host
 * thread, and `pause` does not end the turn, so a processor that waits with it starves the one it
 * waits for. What ends the turn is `csrsi sip, 2; wfi; csrci sip, 2`, with SSIE set in sie and SIE
 * clear in sstatus: the software interrupt that is already pending lets wfi return at once, and
 * nothing is delivered. After it the mailbox has to be polled, because the clearing may have
 * swallowed a real software interrupt.
 */
static inline void cpu_relax(void)
{
    __asm__ volatile(".4byte 0x0100000f" ::: "memory");
}

static inline bool cpu_interrupts_disable(void)
{
    unsigned long status;

    __asm__ volatile("csrrci %0, sstatus, %1" : "=r"(status) : "i"(SSTATUS_SIE) : "memory");
    return (status & SSTATUS_SIE) != 0;
}

static inline void cpu_interrupts_restore(bool on)
{
    if (on)
        __asm__ volatile("csrsi sstatus, %0" : : "i"(SSTATUS_SIE) : "memory");
}

static inline bool cpu_interrupts_enabled(void)
{
    unsigned long status;

    __asm__ volatile("csrr %0, sstatus" : "=r"(status) : : "memory");
    return (status & SSTATUS_SIE) != 0;
}

/** Named so that the compiler can add to it without a copy. */
register ptrdiff_t cpu_percpu_register __asm__("tp");

static inline ptrdiff_t cpu_percpu_offset(void)
{
    return cpu_percpu_register;
}

/* The time counter, which all processors share. */
static inline uint64_t cpu_timestamp(void)
{
    uint64_t ticks;

    __asm__ volatile("csrr %0, time" : "=r"(ticks) : : "memory");
    return ticks;
}

/* Instructions retired. SBI firmware lets supervisor mode read it (mcounteren). */
static inline uint64_t cpu_instruction_count(void)
{
    uint64_t instructions;

    __asm__ volatile("csrr %0, instret" : "=r"(instructions) : : "memory");
    return instructions;
}

/**
 * @file
 * The processor's own state on AArch64.
 *
 * Register use in the kernel, beyond the calling convention:
 *   TPIDR_EL1   this processor's percpu offset
 *   SP_EL0      the stack that the kernel runs on (see trap_init())
 *   SP_EL1      the exception stack
 *   TPIDR_EL0 and TPIDRRO_EL0 are scratch for nested exceptions (vectors.S) while there is no user
 *   mode.
 */
#pragma once

/** DAIF.I: interrupts are masked (Arm DDI 0487, register DAIF). F always changes with it. */
#define CPU_DAIF_I 0x80

static inline void cpu_relax(void)
{
    __asm__ volatile("yield" ::: "memory");
}

static inline bool cpu_interrupts_enabled(void)
{
    uint64_t masks;

    __asm__ volatile("mrs %0, daif" : "=r"(masks) : : "memory");
    return (masks & CPU_DAIF_I) == 0;
}

static inline bool cpu_interrupts_disable(void)
{
    bool on = cpu_interrupts_enabled();

    __asm__ volatile("msr daifset, #3" ::: "memory");
    return on;
}

static inline void cpu_interrupts_restore(bool on)
{
    if (on)
        __asm__ volatile("msr daifclr, #3" ::: "memory");
}

static inline ptrdiff_t cpu_percpu_offset(void)
{
    ptrdiff_t offset;

    __asm__ volatile("mrs %0, tpidr_el1" : "=r"(offset));
    return offset;
}

/* The virtual counter, which all processors share. The barrier keeps the read in its place. */
static inline uint64_t cpu_timestamp(void)
{
    uint64_t ticks;

    __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks) : : "memory");
    return ticks;
}

/** cpu_instruction_count(), out of line. */
uint64_t cpu_read_instruction_counter(void);

static inline uint64_t cpu_instruction_count(void)
{
    return cpu_read_instruction_counter();
}

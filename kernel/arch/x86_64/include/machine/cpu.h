/**
 * @file
 * The processor on x86-64: the inline part of arch/cpu.h, and the instructions that C lacks.
 * Source: Intel SDM (December 2022), volumes 2 and 3.
 */
#pragma once

/** RFLAGS.IF: interrupts are on. */
#define RFLAGS_INTERRUPT 0x200u

static inline void cpu_relax(void)
{
    __builtin_ia32_pause();
}

static inline bool cpu_interrupts_enabled(void)
{
    uint64_t flags;

    __asm__ volatile("pushfq\n\tpopq %0" : "=r"(flags)::"memory");
    return (flags & RFLAGS_INTERRUPT) != 0;
}

static inline bool cpu_interrupts_disable(void)
{
    bool on = cpu_interrupts_enabled();

    __asm__ volatile("cli" ::: "memory");
    return on;
}

static inline void cpu_interrupts_restore(bool on)
{
    if (on)
        __asm__ volatile("sti" ::: "memory");
}

/** The distance is kept in a per-processor word that GS points to. */
static inline ptrdiff_t cpu_percpu_offset(void)
{
    ptrdiff_t offset;

    __asm__("movq %%gs:0, %0" : "=r"(offset));
    return offset;
}

static inline uint64_t cpu_timestamp(void)
{
    uint32_t low;
    uint32_t high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

/** Under the emulator's instruction counting the time-stamp counter counts instructions. */
static inline uint64_t cpu_instruction_count(void)
{
    return cpu_timestamp();
}

static inline void port_write_8(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port));
}

static inline void port_write_16(uint16_t port, uint16_t value)
{
    __asm__ volatile("outw %0, %1" ::"a"(value), "Nd"(port));
}

static inline void port_write_32(uint16_t port, uint32_t value)
{
    __asm__ volatile("outl %0, %1" ::"a"(value), "Nd"(port));
}

static inline uint8_t port_read_8(uint16_t port)
{
    uint8_t value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void write_msr(uint32_t msr, uint64_t value)
{
    __asm__ volatile("wrmsr" ::"c"(msr), "a"((uint32_t)(value & UINT32_MAX)),
                     "d"((uint32_t)(value >> 32)));
}

static inline uint64_t read_msr(uint32_t msr)
{
    uint32_t low;
    uint32_t high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return (uint64_t)high << 32 | low;
}

/** What CPUID returned, of subleaf 0. */
struct cpuid_result {
    uint32_t eax, ebx, ecx, edx;
};

static inline struct cpuid_result cpuid(uint32_t leaf)
{
    struct cpuid_result result;

    __asm__ volatile("cpuid"
                     : "=a"(result.eax), "=b"(result.ebx), "=c"(result.ecx), "=d"(result.edx)
                     : "a"(leaf), "c"(0));
    return result;
}

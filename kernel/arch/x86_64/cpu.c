/*
 * The processor on x86-64: what is not inline.
 */
#include "arch/cpu.h"

#include "arch/mmu.h"
#include "lib/util.h"
#include "x86_64.h"

const char arch_name[] = "x86_64";

/* The programmable interval timer's clock, and how long the time-stamp counter is measured. */
enum { PIT_HZ = 1193182, PIT_COUNT = PIT_HZ / 1000 };
enum { PORT_PIT_CHANNEL_2 = 0x42, PORT_PIT_COMMAND = 0x43, PORT_SYSTEM_CONTROL = 0x61 };

_Noreturn void cpu_halt(void)
{
    for (;;)
        __asm__ volatile("cli\n\thlt" ::: "memory");
}

unsigned mmu_largest_leaf(void)
{
    enum { GIGABYTE_PAGES = 1 << 26 }; /* CPUID.80000001h:EDX */

    return (cpuid(0x80000001).edx & GIGABYTE_PAGES) != 0 ? 2 : 1;
}

/*
 * Whatever mmu_leaf() made is global, unlike what the entry code mapped. Loading CR3 would not
 * forget it; a change of CR4.PGE forgets both (Intel SDM volume 3, 4.10.4.1).
 */
void mmu_flush_all(void)
{
    uint64_t cr4;

    __asm__ volatile("movq %%cr4, %0" : "=r"(cr4));
    __asm__ volatile("movq %0, %%cr4" ::"r"(cr4 & ~UINT64_C(0x80)) : "memory");
    __asm__ volatile("movq %0, %%cr4" ::"r"(cr4) : "memory");
}

/* The counter as it was read last, and the most that it has grown from one reading to the next. */
struct reading {
    uint64_t ticks, gap;
};

INIT_TEXT static uint64_t read_again(struct reading *last)
{
    uint64_t ticks = cpu_timestamp();

    if (ticks - last->ticks > last->gap)
        last->gap = ticks - last->ticks;
    return last->ticks = ticks;
}

/*
 * Counts ticks while channel 2 of the interval timer runs down once (mode 0, Intel 8254 data
 * sheet). The gate and the output are bits of the PC's system control port. Also tells the gap: it
 * is wide when an emulator has done something else meanwhile.
 */
INIT_TEXT static uint64_t count_ticks(uint64_t *gap)
{
    enum { GATE = 0x01, SPEAKER = 0x02, OUTPUT = 0x20 };
    enum { PATIENCE = 10000000 };

    port_write_8(PORT_SYSTEM_CONTROL,
                 (uint8_t)((port_read_8(PORT_SYSTEM_CONTROL) & ~SPEAKER) | GATE));
    if ((port_read_8(PORT_SYSTEM_CONTROL) & SPEAKER) != 0)
        return 0; /* nothing keeps what is written: all bits of an absent port are 1 */
    port_write_8(PORT_PIT_COMMAND, 0xb0); /* channel 2, both bytes, mode 0, binary */
    port_write_8(PORT_PIT_CHANNEL_2, PIT_COUNT & 0xff);
    struct reading last = {.ticks = cpu_timestamp()};
    port_write_8(PORT_PIT_CHANNEL_2, PIT_COUNT >> 8);
    uint64_t start = read_again(&last);
    for (unsigned poll = 0; poll < PATIENCE; poll++) {
        bool is_over = (port_read_8(PORT_SYSTEM_CONTROL) & OUTPUT) != 0;
        uint64_t end = read_again(&last);
        *gap = last.gap;
        if (is_over)
            return end - start;
    }
    return 0;
}

/* The best measurement of some, or the first that is good to a thousandth. */
INIT_TEXT static uint64_t measure_timestamp(void)
{
    enum { TRIES = 10, GOOD = 1000 };
    uint64_t ticks = 0;
    uint64_t best = UINT64_MAX;

    for (unsigned i = 0; i < TRIES && best > ticks / GOOD; i++) {
        uint64_t gap = 0;
        uint64_t counted = count_ticks(&gap);
        if (counted == 0)
            return 0; /* there is no such timer */
        if (gap < best) {
            best = gap;
            ticks = counted;
        }
    }
    return ticks * PIT_HZ / PIT_COUNT;
}

INIT_TEXT uint64_t timestamp_frequency(void)
{
    enum { LEAF_HYPERVISOR = 0x40000000, LEAF_HYPERVISOR_CLOCK = 0x40000010, LEAF_CRYSTAL = 0x15 };

    if (cpuid(0).eax >= LEAF_CRYSTAL) {
        struct cpuid_result crystal = cpuid(LEAF_CRYSTAL);
        if (crystal.eax != 0 && crystal.ebx != 0 && crystal.ecx != 0)
            return (uint64_t)crystal.ecx * crystal.ebx / crystal.eax;
    }
    if ((cpuid(1).ecx & UINT32_C(1) << 31) != 0 &&
        cpuid(LEAF_HYPERVISOR).eax >= LEAF_HYPERVISOR_CLOCK &&
        cpuid(LEAF_HYPERVISOR_CLOCK).eax != 0)
        return (uint64_t)cpuid(LEAF_HYPERVISOR_CLOCK).eax * 1000;
    return measure_timestamp();
}

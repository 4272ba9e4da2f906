/*
 * The local APIC: the processor's end of every interrupt, and its one-shot timer.
 *
 * The timer counts down from a number at a frequency that nobody tells, so it is measured once
 * against the time-stamp counter. Where the processor has it, the TSC-deadline mode needs neither.
 *
 * Source: Intel SDM volume 3, chapter 11 (December 2022).
 */
#include "apic.h"

#include "address_map/address_map.h"
#include "arch/cpu.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "clock/clock.h"
#include "log/log.h"
#include "timer/timer.h"

/* Registers, by offset. */
enum {
    APIC_TASK_PRIORITY = 0x080,
    APIC_END = 0x0b0,
    APIC_SPURIOUS = 0x0f0,
    APIC_COMMAND = 0x300,
    APIC_TIMER = 0x320,
    APIC_PERFORMANCE = 0x340, /* 0x330 is the firmware's, and not every local APIC has it */
    APIC_PIN_1 = 0x360,
    APIC_ERROR = 0x370, /* the last that every local APIC has */
    APIC_ENTRY_BYTES = 0x10,
    APIC_TIMER_INITIAL = 0x380,
    APIC_TIMER_CURRENT = 0x390,
    APIC_TIMER_DIVIDE = 0x3e0,
    APIC_BYTES = 0x400,
};

enum {
    SPURIOUS_ENABLE = 0x100,
    ENTRY_NMI = 0x400,
    ENTRY_MASKED = 0x10000,
    TIMER_DEADLINE_MODE = 0x40000,
    DIVIDE_BY_1 = 0x0b,
};

enum { MSR_APIC_BASE = 0x1b, APIC_BASE_ENABLE = 0x800, MSR_TSC_DEADLINE = 0x6e0 };

/* How long the timer is measured, in nanoseconds, and how often at most. */
enum { MEASURE_NS = 1000000, MEASURE_TRIES = 10 };

static DEVICE char *registers;
static struct clock_scale timer_scale; /* of the timer's own frequency */
static bool has_deadline;

static uint32_t apic_read(unsigned offset)
{
    return *(DEVICE uint32_t *)(registers + offset);
}

static void apic_write(unsigned offset, uint32_t value)
{
    *(DEVICE uint32_t *)(registers + offset) = value;
}

INIT_TEXT bool apic_start(void)
{
    const struct boot_controller *told = boot_find_controller(BOOT_LOCAL_APIC, NULL);

    if (registers != NULL)
        return true;
    if (told == NULL || told->address == 0)
        return false;
    registers = device_map(told->address, APIC_BYTES);
    if (registers == NULL)
        return false;
    write_msr(MSR_APIC_BASE, read_msr(MSR_APIC_BASE) | APIC_BASE_ENABLE);
    apic_write(APIC_TASK_PRIORITY, 0);
    apic_write(APIC_TIMER, ENTRY_MASKED);
    for (unsigned entry = APIC_PERFORMANCE; entry <= APIC_ERROR; entry += APIC_ENTRY_BYTES)
        apic_write(entry, ENTRY_MASKED);
    /* Until it is enabled, no entry's mask can be cleared (section 11.4.7.2). */
    apic_write(APIC_SPURIOUS, SPURIOUS_ENABLE | VECTOR_SPURIOUS);
    apic_write(APIC_PIN_1, ENTRY_NMI); /* where a PC's non-maskable interrupts come */
    return true;
}

void apic_end(void)
{
    apic_write(APIC_END, 0);
}

void apic_ring(uint32_t vector)
{
    enum { ASSERT = 1 << 14, TO_SELF = 1 << 18 };

    apic_write(APIC_COMMAND, TO_SELF | ASSERT | vector);
}

/* The time, and the most that it has gone on from one reading to the next. */
INIT_TEXT static uint64_t read_clock(uint64_t last, uint64_t *gap)
{
    uint64_t now = clock_now();

    if (now - last > *gap)
        *gap = now - last;
    return now;
}

/* The timer's frequency in hertz: the best of some measurements, or the first good one. */
//@quote [measure-timer]
INIT_TEXT static uint64_t measure_timer(void)
{
    uint64_t best = UINT64_MAX;
    uint64_t frequency = 0;

    for (unsigned i = 0; i < MEASURE_TRIES && best > MEASURE_NS / 1000; i++) {
        uint64_t gap = 0;
        apic_write(APIC_TIMER_INITIAL, UINT32_MAX);
        uint64_t begin = clock_now();
        uint32_t first = apic_read(APIC_TIMER_CURRENT);
        uint64_t now = read_clock(begin, &gap);
        begin += (now - begin) / 2;
        while (now - begin < MEASURE_NS)
            now = read_clock(now, &gap);
        uint32_t passed = first - apic_read(APIC_TIMER_CURRENT);
        uint64_t end = now + (read_clock(now, &gap) - now) / 2;
        if (gap < best) {
            best = gap;
            frequency = passed * NANOSECONDS / (end - begin);
        }
    }
    apic_write(APIC_TIMER_INITIAL, 0);
    return frequency;
}
//@quote [measure-timer]

INIT_TEXT int timer_device_start(void)
{
    enum { TSC_DEADLINE = 1 << 24 }; /* CPUID.01h:ECX */

    if (!apic_start() || clock_now() == 0)
        return ERROR_NOT_FOUND;
    has_deadline = (cpuid(1).ecx & TSC_DEADLINE) != 0;
    if (has_deadline) {
        apic_write(APIC_TIMER, VECTOR_TIMER | TIMER_DEADLINE_MODE);
        __asm__ volatile("mfence" ::: "memory"); /* section 11.5.4.1 */
        return OK;
    }
    apic_write(APIC_TIMER_DIVIDE, DIVIDE_BY_1);
    uint64_t frequency = measure_timer();
    if (frequency == 0)
        return ERROR_DEVICE;
    timer_scale = clock_scale_make(frequency);
    apic_write(APIC_TIMER, VECTOR_TIMER);
    log_debug("the local APIC's timer runs at %llu Hz", (unsigned long long)frequency);
    return OK;
}

/*
 * The count for a deadline. The timer's frequency is measured, so a long count would be off by some
 * millionths: such a one rings early by more than that, finds nobody due, and is set again.
 */
//@quote [timer-count]
static uint32_t timer_count(uint64_t ticks)
{
    enum { EXACT_COUNT = 1 << 16, EARLY_SHIFT = 12 };
    uint64_t now = cpu_timestamp();
    uint64_t count;

    if (ticks <= now)
        return 1;
    count = clock_ticks(&timer_scale, clock_nanoseconds(clock_main_scale(), ticks - now));
    if (count > EXACT_COUNT)
        count -= count >> EARLY_SHIFT;
    return count >= UINT32_MAX ? UINT32_MAX : (uint32_t)count + 1;
}
//@quote [timer-count]

void timer_device_set(uint64_t ticks)
{
    /* 0 disarms: so a deadline is set a tick late, which makes 0 of never only. */
    if (has_deadline)
        write_msr(MSR_TSC_DEADLINE, ticks + 1);
    else
        apic_write(APIC_TIMER_INITIAL, ticks == UINT64_MAX ? 0 : timer_count(ticks));
}

/*
 * The timer of each hart, and waiting for it.
 *
 * The firmware owns the comparator and is called for each deadline.
 *
 * Source: RISC-V SBI 1.0, chapter 6 (timer extension).
 */
#include "timer/timer.h"
#include "arch/sleep.h"
#include "cairn/error.h"
#include "external.h"
#include "lib/util.h"
#include "sbi.h"

INIT_TEXT int timer_device_start(void)
{
    timer_device_set(UINT64_MAX);
    return OK;
}

/* A comparator that is not to ring is only masked: whatever it is set to, it would ring some day.
 */
void timer_device_set(uint64_t ticks)
{
    if (ticks == UINT64_MAX) {
        __asm__ volatile("csrc sie, %0" ::"r"(1L << INTERRUPT_TIMER));
        return;
    }
    (void)sbi_call(SBI_TIME, SBI_TIME_SET, (long)ticks, 0);
    __asm__ volatile("csrs sie, %0" ::"r"(1L << INTERRUPT_TIMER));
}

//@quote [riscv-sleep]
/* wfi ends for a pending interrupt even while sstatus.SIE holds it back. */
void cpu_sleep(void)
{
    __asm__ volatile("wfi\n\t"
                     "csrsi sstatus, 2\n\t"
                     "csrci sstatus, 2" ::
                         : "memory");
}
//@quote [riscv-sleep]

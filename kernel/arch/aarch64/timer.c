/*
 * The virtual timer of each processor, and waiting for it.
 *
 * It compares the counter that cpu_timestamp() reads. Its interrupt is a level that stays up as
 * long as the comparison holds.
 *
 * Source: Arm DDI 0487, chapter D11 (the generic timer).
 */
#include "timer/timer.h"
#include "aarch64.h"
#include "arch/sleep.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "interrupt/interrupt.h"

enum { VIRTUAL_TIMER = 2, PRIVATE_FIRST = 16, PRIVATE_END = 32 };

static struct interrupt timer_line;

static bool ring(void *context)
{
    (void)context;
    timer_interrupt();
    return true;
}

INIT_TEXT int timer_device_start(void)
{
    uint32_t number = boot_info.timer.interrupts[VIRTUAL_TIMER];

    if (number < PRIVATE_FIRST || number >= PRIVATE_END)
        return ERROR_NOT_FOUND;
    timer_line = (struct interrupt){.name = "timer", .handler = ring};
    timer_device_set(UINT64_MAX);
    return interrupt_attach(&timer_line, number, INTERRUPT_LEVEL_HIGH);
}

void timer_device_set(uint64_t ticks)
{
    system_register_write(cntv_cval_el0, ticks);
    system_register_write(cntv_ctl_el0, ticks != UINT64_MAX);
    __asm__ volatile("isb");
}

/* wfi ends for a pending interrupt even while it is masked. */
void cpu_sleep(void)
{
    __asm__ volatile("wfi\n\t"
                     "msr daifclr, #3\n\t"
                     "isb\n\t"
                     "msr daifset, #3" ::
                         : "memory");
}

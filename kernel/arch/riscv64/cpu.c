/*
 * The parts of arch/cpu.h and arch/mmu.h that are not inline on RISC-V.
 */
#include "arch/cpu.h"

#include "arch/mmu.h"
#include "lib/util.h"

const char arch_name[] = "riscv64";

_Noreturn void cpu_halt(void)
{
    (void)cpu_interrupts_disable();
    /* An interrupt that is enabled in sie still ends wfi; it is not delivered. */
    __asm__ volatile("csrw sie, zero");
    for (;;)
        __asm__ volatile("wfi");
}

INIT_TEXT void cpu_set_percpu_offset(ptrdiff_t offset)
{
    __asm__ volatile("mv tp, %0" : : "r"(offset));
}

unsigned mmu_largest_leaf(void)
{
    return 2; /* section 4.5: a leaf may stand at any level */
}

void mmu_flush_all(void)
{
    __asm__ volatile("sfence.vma zero, zero" ::: "memory");
}

/*
 * Waiting for an interrupt on x86-64.
 */
#include "arch/sleep.h"

//@quote [x86-sleep]
/* Interrupts come on only after the instruction that follows sti (Intel SDM volume 2, STI). */
void cpu_sleep(void)
{
    __asm__ volatile("sti\n\thlt\n\tcli" ::: "memory");
}
//@quote [x86-sleep]

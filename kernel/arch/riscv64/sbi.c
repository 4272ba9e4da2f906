/*
 * Calls to the firmware: see sbi.h.
 */
#include "arch/riscv64/sbi.h"

long sbi_call(long extension, long function, long argument0, long argument1)
{
    register long a0 __asm__("a0") = argument0;
    register long a1 __asm__("a1") = argument1;
    register long a6 __asm__("a6") = function;
    register long a7 __asm__("a7") = extension;

    /* All other registers are kept (section 3.1). */
    __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a6), "r"(a7) : "memory");
    return a0;
}

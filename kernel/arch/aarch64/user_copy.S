/*
 * int user_copy(void *to, const void *from, size_t size): OK, ERROR_FAULT or ERROR_NO_MEMORY.
 *
 * Opens user memory to the kernel (PSTATE.PAN, Arm DDI 0487, D8.4.6), copies, and closes it. A
 * fault in between that can't be cured goes on at user_copy_failed or _starved. The processor
 * closes it for a trap's handler (tlb_init() sees to that) and restores it at the trap's end.
 *
 * A load or store that faults has changed no address register, so it can be tried again.
 */
#define ERROR(name, code, text) .equ ERROR_##name, -(code)
#include "cairn/errors.def"

    .section .text.user_copy, "ax"
    .globl  user_copy, user_copy_begin, user_copy_end, user_copy_failed, user_copy_starved
    .type   user_copy, @function
user_copy:
    msr     pan, #0
user_copy_begin:
    subs    x2, x2, #64
    b.lo    2f
1:  ldp     x4, x5, [x1], #64
    ldp     x6, x7, [x1, #-48]
    ldp     x8, x9, [x1, #-32]
    ldp     x10, x11, [x1, #-16]
    stp     x4, x5, [x0], #64
    stp     x6, x7, [x0, #-48]
    stp     x8, x9, [x0, #-32]
    stp     x10, x11, [x0, #-16]
    subs    x2, x2, #64
    b.hs    1b
2:  adds    x2, x2, #64 - 8
    b.mi    4f
3:  ldr     x4, [x1], #8
    str     x4, [x0], #8
    subs    x2, x2, #8
    b.pl    3b
4:  adds    x2, x2, #8
    b.eq    user_copy_end
5:  ldrb    w4, [x1], #1
    strb    w4, [x0], #1
    subs    x2, x2, #1
    b.ne    5b
user_copy_end:
    msr     pan, #1
    mov     w0, wzr
    ret
user_copy_failed:
    msr     pan, #1
    mov     w0, #ERROR_FAULT
    ret
user_copy_starved:
    msr     pan, #1
    mov     w0, #ERROR_NO_MEMORY
    ret
    .size   user_copy, . - user_copy

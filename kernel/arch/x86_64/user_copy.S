/*
 * int user_copy(void *to (RDI), const void *from (RSI), size_t size (RDX)): OK, ERROR_FAULT or
 * ERROR_NO_MEMORY.
 *
 * Opens user memory to the kernel (RFLAGS.AC, Intel SDM volume 3, 4.6.1), copies, and closes it.
 * A fault in between that can't be cured goes on at user_copy_failed or _starved. A trap closes it
 * for its handler (exception.S); its end restores the interrupted flags.
 *
 * The string instructions keep their progress in the registers, so a fault that was cured continues
 * them where they were.
 */
#define ERROR(name, code, text) .set ERROR_##name, -(code);
#include "cairn/errors.def"

    .section .text.user_copy, "ax"
    .globl user_copy, user_copy_begin, user_copy_end, user_copy_failed, user_copy_starved
    .type user_copy, @function
user_copy:
    movq %rdx, %rcx
    shrq $3, %rcx
    andl $7, %edx
    cmpb $0, user_copy_has_smap(%rip)
    je user_copy_begin
    stac
user_copy_begin:
    rep movsq
    movl %edx, %ecx
    rep movsb
user_copy_end:
    xorl %eax, %eax
1:  cmpb $0, user_copy_has_smap(%rip)
    je 2f
    clac
2:  ret
user_copy_failed:
    movl $ERROR_FAULT, %eax
    jmp 1b
user_copy_starved:
    movl $ERROR_NO_MEMORY, %eax
    jmp 1b
    .size user_copy, . - user_copy

    .section .note.GNU-stack, "", @progbits

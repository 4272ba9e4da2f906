/*
 * Exceptions: a stub for each vector, one common path, and the copy that may fault.
 *
 * Until another is set, every gate names the first interrupt stack (IST 1, Intel SDM volume 3,
 * 6.14.5), so a report can be made even when the interrupted stack is what broke.
 */

/* Vectors that push an error code: #DF, #TS, #NP, #SS, #GP, #PF, #AC, #CP, #VC, #SX. */
#define HAS_ERROR_CODE(vector) ((0x60227d00 >> (vector)) & 1)

/*
 * RFLAGS for C: strings go upwards (DF), interrupts stay off (IF), user memory is closed (AC). Of
 * these the processor sees to IF only. IRETQ restores the interrupted flags.
 */
#define FLAGS_OF_HANDLERS 0x2

    .section .text.exceptions, "ax"

    .altmacro
    .macro exception_stub vector
    .balign 16
    .if HAS_ERROR_CODE(\vector) == 0
    pushq $0
    .endif
    pushq $\vector
    jmp exception_common
    .endm

    .balign 16
    .globl exception_stubs
exception_stubs:
    .set number, 0
    .rept 32
    exception_stub %number
    .set number, number + 1
    .endr

    .globl exception_common
exception_common:
    pushq $FLAGS_OF_HANDLERS
    popfq
    .irp register, r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax
    pushq %\register
    .endr
    movq %rsp, %rdi
    xorl %ebp, %ebp             /* the exception stack's outermost frame */
    call trap_hook
    testb %al, %al
    jz 2f
1:  .irp register, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
    popq %\register
    .endr
    addq $16, %rsp
    iretq
2:  movq %rsp, %rdi
    call trap_handle
    jmp 1b

#define ERROR(name, code, text) .set ERROR_##name, -(code);
#include "cairn/errors.def"

/*
 * int memory_copy_guarded(void *to (RDI), const void *from (RSI), size_t size (RDX))
 *
 * A failed access between here and memory_copy_guarded_fault resumes there: see trap_handle().
 */
    .macro copy_loop width, register, bytes
1:  mov\width (%rsi), %\register
    mov\width %\register, (%rdi)
    addq $\bytes, %rsi
    addq $\bytes, %rdi
    subq $\bytes, %rdx
    jnz 1b
    jmp 9f
    .endm

    .section .text.memory_copy_guarded, "ax"
    .globl memory_copy_guarded, memory_copy_guarded_fault
    .type memory_copy_guarded, @function
    .balign 16
memory_copy_guarded:
    movq %rdi, %rax
    orq %rsi, %rax
    orq %rdx, %rax
    testq %rdx, %rdx
    jz 9f
    testb $7, %al
    jz 8f
    testb $3, %al
    jz 4f
    copy_loop b, cl, 1
4:  copy_loop l, ecx, 4
8:  copy_loop q, rcx, 8
9:  xorl %eax, %eax
    ret
memory_copy_guarded_fault:
    movl $ERROR_FAULT, %eax
    ret
    .size memory_copy_guarded, . - memory_copy_guarded

    .section .note.GNU-stack, "", @progbits

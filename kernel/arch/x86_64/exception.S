/*
 * Exceptions: a stub for each vector, one common path, and the copy that may fault.
 *
 * Until another is set, every gate names the first interrupt stack (IST 1, Intel SDM volume 3,
 * 6.14.5), so a report can be made even when the interrupted stack is what broke.
 */

/* Vectors that push an error code: #DF, #TS, #NP, #SS, #GP, #PF, #AC, #CP, #VC, #SX. */
#define HAS_ERROR_CODE(vector) ((0x60227d00 >> (vector)) & 1)

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
    cld
    pushq %rax
    pushq %rbx
    pushq %rcx
    pushq %rdx
    pushq %rsi
    pushq %rdi
    pushq %rbp
    pushq %r8
    pushq %r9
    pushq %r10
    pushq %r11
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, %rdi
    xorl %ebp, %ebp             /* the exception stack's outermost frame */
    call trap_handle
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %r11
    popq %r10
    popq %r9
    popq %r8
    popq %rbp
    popq %rdi
    popq %rsi
    popq %rdx
    popq %rcx
    popq %rbx
    popq %rax
    addq $16, %rsp
    iretq

/*
 * bool guarded_copy(void *to (RDI), const void *from (RSI), size_t size (RDX)): whether nothing
 * faulted. An exception between guarded_copy_begin and guarded_copy_end resumes at
 * guarded_copy_failed; it may use the three arguments' registers and RAX only.
 */
    .section .text.guarded_copy, "ax"
    .globl guarded_copy, guarded_copy_begin, guarded_copy_end, guarded_copy_failed
guarded_copy:
    movq %rdi, %rax
    orq %rsi, %rax
    orq %rdx, %rax
guarded_copy_begin:
    testq %rdx, %rdx
    jz guarded_copy_end
    testb $7, %al
    jz 8f
    testb $3, %al
    jz 4f
1:  movb (%rsi), %cl
    movb %cl, (%rdi)
    incq %rsi
    incq %rdi
    decq %rdx
    jnz 1b
    jmp guarded_copy_end
4:  movl (%rsi), %ecx
    movl %ecx, (%rdi)
    addq $4, %rsi
    addq $4, %rdi
    subq $4, %rdx
    jnz 4b
    jmp guarded_copy_end
8:  movq (%rsi), %rcx
    movq %rcx, (%rdi)
    addq $8, %rsi
    addq $8, %rdi
    subq $8, %rdx
    jnz 8b
guarded_copy_end:
    movl $1, %eax
    ret
guarded_copy_failed:
    xorl %eax, %eax
    ret

    .section .note.GNU-stack, "", @progbits

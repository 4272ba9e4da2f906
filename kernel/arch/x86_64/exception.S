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
    call trap_handle
    .irp register, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
    popq %\register
    .endr
    addq $16, %rsp
    iretq

/*
 * bool guarded_copy(void *to (RDI), const void *from (RSI), size_t size (RDX)): whether nothing
 * faulted. An exception between guarded_copy_begin and guarded_copy_end resumes at
 * guarded_copy_failed; it may use the three arguments' registers and RAX only.
 */
    .macro copy_loop width, register, bytes
1:  mov\width (%rsi), %\register
    mov\width %\register, (%rdi)
    addq $\bytes, %rsi
    addq $\bytes, %rdi
    subq $\bytes, %rdx
    jnz 1b
    jmp guarded_copy_end
    .endm

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
    copy_loop b, cl, 1
4:  copy_loop l, ecx, 4
8:  copy_loop q, rcx, 8
guarded_copy_end:
    movl $1, %eax
    ret
guarded_copy_failed:
    xorl %eax, %eax
    ret

    .section .note.GNU-stack, "", @progbits

/*
 * Where every exception enters, and the one copy that may fault.
 *
 * AArch64 has two stack pointers at EL1: "thread" mode (EL1t) uses SP_EL0, "handler" mode
 * (EL1h) SP_EL1. The kernel runs in thread mode, and SP_EL1 is the top of the exception stack.
 * An exception switches to SP_EL1, so every report has a good stack, even when the one that ran
 * is what broke.
 *
 * An exception in handler mode is a nested one. It goes on below the interrupted stack pointer
 * when that leaves room on the exception stack; else from the top again, over what was there,
 * for one last report.
 *
 * Source: Arm DDI 0487, sections "Exception vectors" and "Stack pointer register selection".
 */
#include "arch/stack.h"
#include "machine/trap.h"

/* What the report of a nested exception needs in any case. */
#define NESTED_ROOM 4096

#define VECTOR_BYTES 128

#define ERROR(name, code, text) .equ ERROR_##name, -(code)
#include "cairn/errors.def"

/* The address of a symbol within 4 GiB. */
.macro address register, symbol
    adrp    \register, \symbol
    add     \register, \register, :lo12:\symbol
.endm

/* Stores or loads x4 to x29. */
.macro registers_from_x4 instruction
    \instruction x4, x5, [sp, #(8 * 4)]
    \instruction x6, x7, [sp, #(8 * 6)]
    \instruction x8, x9, [sp, #(8 * 8)]
    \instruction x10, x11, [sp, #(8 * 10)]
    \instruction x12, x13, [sp, #(8 * 12)]
    \instruction x14, x15, [sp, #(8 * 14)]
    \instruction x16, x17, [sp, #(8 * 16)]
    \instruction x18, x19, [sp, #(8 * 18)]
    \instruction x20, x21, [sp, #(8 * 20)]
    \instruction x22, x23, [sp, #(8 * 22)]
    \instruction x24, x25, [sp, #(8 * 24)]
    \instruction x26, x27, [sp, #(8 * 26)]
    \instruction x28, x29, [sp, #(8 * 28)]
.endm

/* From thread mode or EL0: x0 = interrupted stack pointer, x1 = vector number. */
.macro vector number
    .org    trap_vectors + \number * VECTOR_BYTES
    sub     sp, sp, #TRAP_FRAME_SIZE
    stp     x0, x1, [sp]
    mrs     x0, sp_el0
    mov     x1, #\number
    b       trap_save
.endm

/* From handler mode: x1 = vector number, x0 and x1 themselves in two scratch registers. */
.macro vector_nested number
    .org    trap_vectors + \number * VECTOR_BYTES
    msr     tpidr_el0, x0
    msr     tpidrro_el0, x1
    mov     x1, #\number
    b       trap_nested
.endm

    .section .text.first, "ax"
    .globl  trap_vectors
    .balign 16 * VECTOR_BYTES
trap_vectors:
    .irp    number, 0, 1, 2, 3          /* EL1, thread mode: synchronous, IRQ, FIQ, SError */
    vector  \number
    .endr
    .irp    number, 4, 5, 6, 7          /* EL1, handler mode */
    vector_nested \number
    .endr
trap_nested:
    /* SP_EL0 is in the first exception's frame, so it can hold x2 here. */
    msr     sp_el0, x2
    mov     x0, sp
    address x2, exception_stack + NESTED_ROOM
    cmp     x0, x2
    b.lo    1f
    address x2, exception_stack_top
    cmp     x0, x2
    b.ls    2f
1:  address x2, exception_stack_top
    mov     sp, x2
    orr     x1, x1, #TRAP_STACK_LOST
2:  sub     sp, sp, #TRAP_FRAME_SIZE
    mrs     x2, tpidr_el0
    str     x2, [sp]
    mrs     x2, tpidrro_el0
    str     x2, [sp, #8]
    mrs     x2, sp_el0
    b       trap_save

    .irp    number, 8, 9, 10, 11        /* EL0, AArch64. AArch32, 12 to 15, is never entered. */
    vector  \number
    .endr
trap_save:
    stp     x2, x3, [sp, #16]
    registers_from_x4 stp
    stp     x30, x0, [sp, #(8 * 30)]
    mrs     x2, elr_el1
    mrs     x3, spsr_el1
    stp     x2, x3, [sp, #TRAP_PC]
    mrs     x2, esr_el1
    mrs     x3, far_el1
    stp     x2, x3, [sp, #TRAP_SYNDROME]
    stp     x1, xzr, [sp, #TRAP_VECTOR]

    mov     x0, sp
    mov     x29, xzr                    /* the handler's own chain of frames ends here */
    bl      trap_hook
    tbz     w0, #0, 2f

3:  ldp     x2, x3, [sp, #TRAP_PC]
    msr     elr_el1, x2
    msr     spsr_el1, x3
    ldr     x0, [sp, #TRAP_STACK_POINTER]
    tbnz    x3, #0, 1f                  /* back to handler mode: SP_EL0 is not in use */
    msr     sp_el0, x0
1:  registers_from_x4 ldp
    ldr     x30, [sp, #(8 * 30)]
    ldp     x2, x3, [sp, #16]
    ldp     x0, x1, [sp]
    add     sp, sp, #TRAP_FRAME_SIZE
    eret

2:  mov     x0, sp
    bl      trap_handle
    b       3b

/*
 * int memory_copy_guarded(void *to, const void *from, size_t size)
 *
 * A data abort between here and memory_copy_guarded_fault resumes there: see trap_handle().
 * Nothing is on the stack, so there is nothing to undo. Loads and stores are of the plainest
 * kind, for devices.
 */
.macro copy_loop load, store, register, bytes
3:  \load    \register, [x1, x5]
    \store    \register, [x0, x5]
    add     x5, x5, #\bytes
    cmp     x5, x2
    b.ne    3b
    b       4f
.endm

    .section .text.memory_copy_guarded, "ax"
    .globl  memory_copy_guarded, memory_copy_guarded_fault
    .type   memory_copy_guarded, @function
memory_copy_guarded:
    cbz     x2, 4f
    orr     x3, x0, x1
    orr     x3, x3, x2
    mov     x5, xzr                     /* how far we are */
    tst     x3, #7
    b.eq    2f
    tst     x3, #3
    b.eq    1f

    copy_loop ldrb, strb, w4, 1
1:  copy_loop ldr, str, w4, 4
2:  copy_loop ldr, str, x4, 8
4:  mov     w0, wzr
    ret
memory_copy_guarded_fault:
    mov     w0, #ERROR_FAULT
    ret
    .size   memory_copy_guarded, . - memory_copy_guarded

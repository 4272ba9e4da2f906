/*
 * Where every exception enters, and the one copy that may fault.
 *
 * The exception stack and sscratch. A processor outside any exception has the exception stack's top
 * in sscratch; while that stack is in use sscratch is 0. So an exception knows which case it is
 * without a single free register:
 *
 *   first      take the exception stack from its top: the stack that ran may be what broke
 *   nested     go on below the interrupted stack pointer, when that leaves room on the exception
 *              stack; else from the top again, over what was there, for one last report
 *
 * Source: RISC-V Privileged Architecture 20211203, sections 4.1.5 (sscratch), 4.1.7 to 4.1.9.
 */
#include "arch/stack.h"
#include "machine/trap.h"

/* What the report of a nested exception needs in any case. */
#define NESTED_ROOM 4096

#define ERROR(name, code, text) .equ ERROR_##name, -(code)
#include "cairn/errors.def"

/* All registers but x0 and x2, the stack pointer. */
.macro each_register instruction
    .irp    n, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, \
               25, 26, 27, 28, 29, 30, 31
    \instruction x\n, 8 * \n(sp)
    .endr
.endm

    .section .text.trap_entry, "ax"
    .globl  trap_entry
    .balign 4
trap_entry:
    csrrw   sp, sscratch, sp
    bnez    sp, 2f

    /* Nested: sscratch has the interrupted stack pointer. Swap it back; t0 is kept in sscratch. */
    csrrw   sp, sscratch, zero
    csrw    sscratch, t0
    lla     t0, exception_stack + NESTED_ROOM
    bltu    sp, t0, 1f
    lla     t0, exception_stack_top
    bgtu    sp, t0, 1f
    csrrw   t0, sscratch, sp
    j       2f
1:  csrrw   t0, sscratch, sp
    lla     sp, exception_stack_top - TRAP_LOST_GAP

    /* sp is the stack to use, sscratch the interrupted stack pointer. */
2:  addi    sp, sp, -TRAP_FRAME_SIZE
    each_register sd
    csrrw   t0, sscratch, zero
    sd      t0, 8 * 2(sp)
    csrr    t0, sepc
    sd      t0, TRAP_PC(sp)
    li      t0, TRAP_STATUS_SUM         /* handlers find user memory closed */
    csrrc   t0, sstatus, t0
    sd      t0, TRAP_STATUS(sp)
    csrr    t0, scause
    sd      t0, TRAP_CAUSE(sp)
    csrr    t0, stval
    sd      t0, TRAP_VALUE(sp)

    mv      a0, sp
    li      s0, 0                       /* the handler's own chain of frames ends here */
    call    trap_hook
    beqz    a0, 5f

4:  ld      t0, TRAP_PC(sp)
    csrw    sepc, t0
    ld      t0, TRAP_STATUS(sp)
    csrw    sstatus, t0
    /* Back out of the first exception, the stack is free again. */
    addi    t0, sp, TRAP_FRAME_SIZE
    lla     t1, exception_stack_top
    bne     t0, t1, 6f
    csrw    sscratch, t0
3:  each_register ld
    ld      sp, 8 * 2(sp)
    sret

5:  mv      a0, sp
    call    trap_handle
    j       4b

    /* Back out of a nested one, unless what it interrupted was overwritten. */
6:  addi    t1, t1, -TRAP_LOST_GAP
    beq     t0, t1, 5b
    j       3b

/*
 * int memory_copy_guarded(void *to, const void *from, size_t size)
 *
 * An exception between here and memory_copy_guarded_fault resumes there: see trap_handle(). Nothing
 * is on the stack, so there is nothing to undo.
 */
.macro copy_loop load, store, bytes
3:  \load   t0, 0(a1)
    \store  t0, 0(a0)
    addi    a0, a0, \bytes
    addi    a1, a1, \bytes
    bne     a1, a2, 3b
    j       4f
.endm

    .section .text.memory_copy_guarded, "ax"
    .globl  memory_copy_guarded, memory_copy_guarded_fault
    .balign 4
    .type   memory_copy_guarded, @function
memory_copy_guarded:
    beqz    a2, 4f
    add     a2, a2, a1                  /* where to stop */
    or      t0, a0, a1
    or      t0, t0, a2
    andi    t1, t0, 7
    beqz    t1, 2f
    andi    t1, t0, 3
    beqz    t1, 1f

    copy_loop lbu, sb, 1
1:  copy_loop lwu, sw, 4
2:  copy_loop ld, sd, 8
4:  li      a0, 0
    ret
memory_copy_guarded_fault:
    li      a0, ERROR_FAULT
    ret
    .size   memory_copy_guarded, . - memory_copy_guarded

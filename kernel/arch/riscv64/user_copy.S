/*
 * int user_copy(void *to, const void *from, size_t size): OK, ERROR_FAULT or ERROR_NO_MEMORY.
 *
 * Opens user memory to the kernel (sstatus.SUM, RISC-V Privileged Architecture 20211203, 4.1.1.2),
 * copies, and closes it. A fault in between that can't be cured goes on at user_copy_failed or
 * _starved. A trap closes it for its handler (trap_entry.S); its end restores the interrupted
 * sstatus.
 *
 * Words are copied where both addresses allow it: a misaligned access may be a trap of its own.
 */
#include "machine/trap.h"

#define ERROR(name, code, text) .equ ERROR_##name, -(code)
#include "cairn/errors.def"

#define BLOCK_BYTES 128

    .section .text.user_copy, "ax"
    .globl  user_copy, user_copy_begin, user_copy_end, user_copy_failed, user_copy_starved
    .type   user_copy, @function
user_copy:
    li      t6, TRAP_STATUS_SUM
    csrs    sstatus, t6
user_copy_begin:
    add     a3, a1, a2                  /* where to stop */
    xor     t0, a0, a1
    andi    t0, t0, 7
    bnez    t0, 5f
    /* Up to the first whole word. */
1:  andi    t0, a1, 7
    beqz    t0, 2f
    beq     a1, a3, user_copy_end
    lbu     t0, 0(a1)
    sb      t0, 0(a0)
    addi    a1, a1, 1
    addi    a0, a0, 1
    j       1b
2:  sub     a2, a3, a1
    andi    t2, a2, -BLOCK_BYTES
    add     t2, t2, a1                  /* where the last block ends */
    beq     a1, t2, 4f
3:  .set    offset, 0
    .rept   BLOCK_BYTES / 16
    ld      t0, offset(a1)
    ld      t1, offset + 8(a1)
    sd      t0, offset(a0)
    sd      t1, offset + 8(a0)
    .set    offset, offset + 16
    .endr
    addi    a1, a1, BLOCK_BYTES
    addi    a0, a0, BLOCK_BYTES
    bne     a1, t2, 3b
4:  andi    t2, a3, -8                  /* where the last word ends */
    bgeu    a1, t2, 5f
    ld      t0, 0(a1)
    sd      t0, 0(a0)
    addi    a1, a1, 8
    addi    a0, a0, 8
    j       4b
5:  beq     a1, a3, user_copy_end
    lbu     t0, 0(a1)
    sb      t0, 0(a0)
    addi    a1, a1, 1
    addi    a0, a0, 1
    j       5b
user_copy_end:
    csrc    sstatus, t6
    li      a0, 0
    ret
user_copy_failed:
    li      t6, TRAP_STATUS_SUM
    csrc    sstatus, t6
    li      a0, ERROR_FAULT
    ret
user_copy_starved:
    li      t6, TRAP_STATUS_SUM
    csrc    sstatus, t6
    li      a0, ERROR_NO_MEMORY
    ret
    .size   user_copy, . - user_copy

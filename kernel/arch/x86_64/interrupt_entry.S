/*
 * Interrupts: a stub for each of the vectors 32 to 255, which then go the exceptions' way.
 *
 * Nothing but the vector tells them apart, and none has an error code. The processor has turned
 * interrupts off: their gates are interrupt gates. A stub has 8 bytes: its vector is pushed less
 * VECTOR_BIAS, which fits into the shortest form of the instruction.
 */
#define FIRST_VECTOR 32
#define LAST_VECTOR  255
#define VECTOR_BIAS  160

    .section .text.interrupts, "ax"

    .altmacro
    .macro interrupt_stub vector
    .balign 8
    pushq $(\vector - VECTOR_BIAS)
    jmp interrupt_common
    .endm

    .balign 8
    .globl interrupt_stubs
interrupt_stubs:
    .set number, FIRST_VECTOR
    .rept LAST_VECTOR - FIRST_VECTOR + 1
    interrupt_stub %number
    .set number, number + 1
    .endr

interrupt_common:
    pushq (%rsp)
    addq $VECTOR_BIAS, (%rsp)
    movq $0, 8(%rsp)            /* where an exception's error code is */
    jmp exception_common

    .section .note.GNU-stack, "", @progbits

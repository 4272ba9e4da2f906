/*
 * Interrupts: a stub for each of the vectors 32 to 255, which then go the exceptions' way.
 *
 * Nothing but the vector tells them apart, and none has an error code. The processor has turned
 * interrupts off: their gates are interrupt gates.
 */
#define FIRST_VECTOR 32
#define LAST_VECTOR  255

    .section .text.interrupts, "ax"

    .altmacro
    .macro interrupt_stub vector
    .balign 16
    pushq $0
    pushq $\vector
    jmp exception_common
    .endm

    .balign 16
    .globl interrupt_stubs
interrupt_stubs:
    .set number, FIRST_VECTOR
    .rept LAST_VECTOR - FIRST_VECTOR + 1
    interrupt_stub %number
    .set number, number + 1
    .endr

    .section .note.GNU-stack, "", @progbits

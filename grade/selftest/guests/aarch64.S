/*
 * A bare guest without any kernel: four processors that compute without pausing (AArch64, virt).
 *
 * The boot processor wakes the others by PSCI CPU_ON (Arm DEN 0022, section 5.6). Each runs ROUNDS
 * rounds of a linear congruential generator, puts its letter on the serial port after every round,
 * and adds its result to a list. The last one to finish prints the list and switches the machine
 * off. Nothing in here waits politely: that is what the grader's heartbeat has to cope with.
 */
    .set PROCESSORS, 4
    .set ROUNDS, 16
    .set STEPS, 20000
    .set SERIAL, 0x09000000

    .text
    .globl start
start:                                  /* the arm64 image header, Linux booting.rst */
    b 1f
    .long 0
    .quad 0                             /* text offset */
    .quad image_end - start
    .quad 0xa                           /* little-endian, 4 KiB pages, anywhere */
    .quad 0, 0, 0
    .ascii "ARM\x64"
    .long 0

1:  mov x19, #1
2:  movz x0, #0x0003                    /* CPU_ON, 64-bit calling convention */
    movk x0, #0xc400, lsl #16
    mov x1, x19                         /* MPIDR: affinity 0 is the number */
    adr x2, compute
    mov x3, x19
    hvc #0
    add x19, x19, #1
    cmp x19, #PROCESSORS
    b.ne 2b
    mov x0, #0

compute:                                /* every processor: x0 is its number */
    mov x10, x0
    mov w11, w0                         /* w11: the generator's state, first the seed */
    ldr w12, =1664525
    ldr w13, =1013904223
    mov x14, #ROUNDS
    mov x15, #SERIAL
    add w16, w10, #'a'
3:  ldr w17, =STEPS
4:  madd w11, w11, w12, w13
    subs w17, w17, #1
    b.ne 4b
    str w16, [x15]
    subs x14, x14, #1
    b.ne 3b
    adr x1, results
    str w11, [x1, x10, lsl #2]
    dmb ish
    adr x1, finished
5:  ldaxr w2, [x1]
    add w3, w2, #1
    stlxr w4, w3, [x1]
    cbnz w4, 5b
    cmp w2, #(PROCESSORS - 1)
    b.eq report
6:  b 6b

report:
    mov w2, #'\n'
    str w2, [x15]
    adr x1, results
    mov x3, #PROCESSORS
    adr x7, digits
7:  ldr w4, [x1], #4
    mov x5, #8
8:  ror w4, w4, #28
    and x6, x4, #15
    ldrb w6, [x7, x6]
    str w6, [x15]
    subs x5, x5, #1
    b.ne 8b
    str w2, [x15]
    subs x3, x3, #1
    b.ne 7b
    movz x0, #0x0008                    /* SYSTEM_OFF */
    movk x0, #0x8400, lsl #16
    hvc #0
9:  b 9b

    .balign 8
    .ltorg
digits:
    .ascii "0123456789abcdef"
    .balign 4
finished:
    .long 0
results:
    .fill PROCESSORS, 4, 0
    .balign 4096
image_end:

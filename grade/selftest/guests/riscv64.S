/*
 * A bare guest without any kernel: four processors that compute without pausing (RISC-V, virt).
 *
 * The boot processor wakes the others by SBI HSM (RISC-V SBI 1.0, chapter 9). Each runs ROUNDS
 * rounds of a linear congruential generator, puts its letter on the serial port after every round,
 * and adds its result to a list. The last one to finish prints the list and switches the machine
 * off. Nothing in here waits politely: that is what the grader's heartbeat has to cope with.
 */
    .set PROCESSORS, 4
    .set ROUNDS, 16
    .set STEPS, 20000
    .set SERIAL, 0x10000000
    .set TEST_DEVICE, 0x100000

    .text
    .globl start
start:                                  /* a0 is the hart, which may be any of the four */
    mv s0, a0
    li s1, 0
1:  beq s1, s0, 2f
    li a7, 0x48534d                     /* HSM */
    li a6, 0                            /* hart_start */
    mv a0, s1
    la a1, compute
    li a2, 0
    ecall
2:  addi s1, s1, 1
    li t0, PROCESSORS
    bne s1, t0, 1b
    mv a0, s0

compute:                                /* every processor: a0 is its number */
    mv s0, a0
    mv s2, a0                           /* s2: the generator's state, first the seed */
    li s3, 1664525
    li s4, 1013904223
    li s5, ROUNDS
    li s6, SERIAL
    addi s7, s0, 'a'
3:  li t0, STEPS
4:  mulw s2, s2, s3
    addw s2, s2, s4
    addi t0, t0, -1
    bnez t0, 4b
    sb s7, 0(s6)
    addi s5, s5, -1
    bnez s5, 3b
    la t0, results
    slli t1, s0, 2
    add t0, t0, t1
    sw s2, 0(t0)
    la t0, finished
    li t1, 1
    amoadd.w.aqrl t1, t1, (t0)
    li t2, PROCESSORS - 1
    beq t1, t2, report
5:  j 5b

report:
    li t6, '\n'
    sb t6, 0(s6)
    la t0, results
    li t1, PROCESSORS
    la t5, digits
6:  lwu t2, 0(t0)
    addi t0, t0, 4
    li t3, 28
7:  srl t4, t2, t3
    andi t4, t4, 15
    add t4, t4, t5
    lbu t4, 0(t4)
    sb t4, 0(s6)
    addi t3, t3, -4
    bgez t3, 7b
    sb t6, 0(s6)
    addi t1, t1, -1
    bnez t1, 6b
    li t0, TEST_DEVICE
    li t1, 0x5555
    sw t1, 0(t0)
8:  j 8b

    .balign 8
digits:
    .ascii "0123456789abcdef"
    .balign 4
finished:
    .long 0
results:
    .fill PROCESSORS, 4, 0

/*
 * A bare guest without any kernel: four processors that compute without pausing (x86-64, PVH).
 *
 * The boot processor wakes the others by INIT-SIPI-SIPI (Intel SDM volume 3, section 9.4.4). Each
 * runs ROUNDS rounds of a linear congruential generator, puts its letter on the serial port after
 * every round, and adds its result to a list. The last one to finish prints the list and ends the
 * machine. Nothing in here waits politely: that is what the grader's heartbeat has to cope with.
 */
    .set PROCESSORS, 4
    .set ROUNDS, 16
    .set STEPS, 20000
    .set SERIAL, 0x3f8
    .set APIC, 0xfee00000
    .set TRAMPOLINE, 0x8000

    .section .note.Xen, "a", @note
    .long 4, 4, 18                      /* name size, value size, XEN_ELFNOTE_PHYS32_ENTRY */
    .asciz "Xen"
    .long start

    .text
    .code32
    .globl start
start:
    cli
    lgdt gdt_pointer
    ljmp $8, $1f
1:  mov $16, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss

    mov $trampoline, %esi
    mov $TRAMPOLINE, %edi
    mov $(trampoline_end - trampoline), %ecx
    rep movsb
    movl $0x1ff, APIC + 0xf0            /* software enable */
    mov $0xc4500, %eax                  /* INIT, all but self */
    call send_interrupt
    mov $0xc4600 | (TRAMPOLINE >> 12), %eax
    call send_interrupt                 /* start-up, twice */
    mov $0xc4600 | (TRAMPOLINE >> 12), %eax
    call send_interrupt
    jmp compute

send_interrupt:
    movl %eax, APIC + 0x300
1:  testl $0x1000, APIC + 0x300         /* delivery pending */
    jnz 1b
    mov $100000, %ecx                   /* a pause that is none */
2:  dec %ecx
    jnz 2b
    ret

compute:                                /* every processor: ebp is its number */
    movl APIC + 0x20, %ebp
    shr $24, %ebp
    mov %ebp, %ebx                      /* ebx: the generator's state, first the seed */
    mov $ROUNDS, %edi
    mov $SERIAL, %edx
3:  mov $STEPS, %ecx
4:  imul $1664525, %ebx, %ebx
    add $1013904223, %ebx
    dec %ecx
    jnz 4b
    lea 'a'(%ebp), %eax
    out %al, %dx
    dec %edi
    jnz 3b
    mov %ebx, results(, %ebp, 4)
    mov $1, %eax
    lock xadd %eax, finished
    cmp $(PROCESSORS - 1), %eax
    je report
5:  jmp 5b

report:
    mov $'\n', %al
    out %al, %dx
    xor %edi, %edi
6:  mov results(, %edi, 4), %ebx
    mov $8, %ecx
7:  rol $4, %ebx
    mov %ebx, %eax
    and $15, %eax
    mov digits(%eax), %al
    out %al, %dx
    dec %ecx
    jnz 7b
    mov $'\n', %al
    out %al, %dx
    inc %edi
    cmp $PROCESSORS, %edi
    jne 6b
    mov $0xf4, %edx                     /* isa-debug-exit: status 2 * 1 + 1 */
    mov $1, %eax
    out %al, %dx
8:  jmp 8b

    .code16
trampoline:
    cli
    xor %ax, %ax
    mov %ax, %ds
    lgdtl TRAMPOLINE + trampoline_gdt_pointer - trampoline
    mov $0x11, %eax
    mov %eax, %cr0
    ljmpl $8, $secondary
trampoline_gdt_pointer:
    .word gdt_end - gdt - 1
    .long gdt
trampoline_end:

    .code32
secondary:
    mov $16, %eax
    mov %eax, %ds
    jmp compute

    .balign 8
gdt:
    .quad 0, 0x00cf9a000000ffff, 0x00cf92000000ffff
gdt_end:
gdt_pointer:
    .word gdt_end - gdt - 1
    .long gdt
digits:
    .ascii "0123456789abcdef"
    .balign 4
finished:
    .long 0
results:
    .fill PROCESSORS, 4, 0

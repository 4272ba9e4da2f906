/*
 * From SBI firmware to C at the kernel's final addresses.
 *
 * The firmware loads the image anywhere in memory and jumps to its first byte in supervisor mode on
 * one hart, with address translation and interrupts off, a0 = hart ID and a1 = physical address of
 * the device tree. Until translation is on, the code runs at physical addresses; `lla` is relative
 * to the program counter, so it gives physical addresses there and virtual ones afterwards.
 *
 * Source: Linux, Documentation/riscv/boot.rst and boot-image-header.rst; RISC-V Privileged
 * Architecture 20211203, chapter 4.
 */
#include "arch/riscv64/sbi.h"
#include "machine/link.h"
#include "machine/mmu.h"

/* sstatus: interrupt enable; floating-point and vector state. */
#define STATUS_SIE 0x2
#define STATUS_FS  0x6000
#define STATUS_VS  0x600

    .section .head, "ax"
    .globl  boot_entry
boot_entry:
    .option push
    .option norvc
    j       boot_start
    nop
    .option pop
    .dword  LINK_FIRMWARE_GAP           /* text_offset: distance from the start of memory */
    .dword  image_end - image_start     /* image_size, with .bss */
    .dword  0                           /* flags: little-endian */
    .word   2                           /* version 0.2 */
    .word   0
    .dword  0
    .ascii  "RISCV\0\0\0"
    .ascii  "RSC\005"
    .word   0

    .section .init.text, "ax"
boot_start:
    csrw    sie, zero
    li      t0, STATUS_SIE | STATUS_FS | STATUS_VS
    csrc    sstatus, t0
    mv      s2, a0                      /* hart ID */
    mv      s3, a1                      /* device tree */

    /* .bss begins and ends at a page boundary. */
    lla     t0, bss_start
    lla     t1, bss_end
1:  sd      zero, 0(t0)
    sd      zero, 8(t0)
    sd      zero, 16(t0)
    sd      zero, 24(t0)
    addi    t0, t0, 32
    bltu    t0, t1, 1b

    lla     sp, boot_stack_top
    call    boot_map_image
    mv      s5, a0                      /* virtual - physical address */

    /*
     * Translation on. The code at physical addresses is not mapped, so the next instruction can't
     * be fetched, and the fault enters the trap vector, a virtual address. So no identity map is
     * needed. A processor that lacks Sv48 ignores the write (section 4.1.11) and simply goes on.
     */
//@quote [riscv-translation-on]
    lla     t0, boot_virtual
    add     t0, t0, s5
    csrw    stvec, t0
    lla     t0, mmu_root
    srli    t0, t0, 12
    li      t1, MMU_SATP_SV48
    or      t0, t0, t1
    sfence.vma
    csrw    satp, t0
    j       boot_refuse
//@quote [riscv-translation-on]

    .balign 4                           /* stvec's lowest two bits are its mode */
boot_virtual:
    sfence.vma
    lla     sp, boot_stack_top
    mv      a0, s2
    mv      a1, s3
    li      s0, 0                       /* frame pointer and return address 0 end a backtrace */
    li      ra, 0
    lla     t0, arch_start
    jr      t0

/* There is no Sv48. Says so by the firmware's console, and gives up. */
boot_refuse:
    lla     s4, refusal
1:  lbu     a0, 0(s4)
    beqz    a0, 2f
    li      a7, SBI_LEGACY_PUTCHAR
    ecall
    addi    s4, s4, 1
    j       1b
2:  li      a0, SBI_RESET_SHUTDOWN
    li      a1, SBI_RESET_SYSTEM_FAILURE
    li      a6, SBI_RESET_SYSTEM
    li      a7, SBI_RESET
    ecall
3:  wfi
    j       3b

    .section .rodata.boot_refuse, "a"
refusal:
    .asciz  "Cairn needs a processor with 48-bit virtual addresses (Sv48); this one lacks them.\r\n"

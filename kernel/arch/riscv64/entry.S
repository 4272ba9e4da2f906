/*
 * From SBI firmware to C at the kernel's final addresses.
 *
 * The firmware loads the image anywhere in memory and jumps to its first byte in supervisor mode on
 * one hart, with address translation and interrupts off, a0 = hart ID and a1 = physical address of
 * the device tree. Until translation is on, the code runs at physical addresses; `lla` is relative
 * to the program counter, so it gives physical addresses there and virtual ones afterwards.
 *
 *   mmu_root (level 3)            image_level_2       image_level_1      image_level_0
 *   [256] direct map: start.c
 *   [511] ----------------------> [510] ------------> [1] -------------> the image, page by page
 *
 * Source: Linux, Documentation/riscv/boot.rst and boot-image-header.rst; RISC-V Privileged
 * Architecture 20211203, chapter 4.
 */
#include "arch/riscv64/sbi.h"
#include "machine/link.h"
#include "machine/mmu.h"

#define PAGE_BYTES 4096

/* Index of a virtual address in a table of the given level. */
#define TABLE_INDEX(address, level) (((address) >> (12 + 9 * (level))) & 511)

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

    lla     s4, image_start
    li      s5, LINK_IMAGE_START
    sub     s5, s5, s4                  /* virtual - physical address */
    lla     t0, image_virtual_offset
    sd      s5, 0(t0)

    /* The tables above the image's pages. */
    lla     a0, mmu_root + 8 * TABLE_INDEX(LINK_IMAGE_START, 3)
    lla     a1, image_level_2
    call    boot_set_table
    lla     a0, image_level_2 + 8 * TABLE_INDEX(LINK_IMAGE_START, 2)
    lla     a1, image_level_1
    call    boot_set_table
    lla     a0, image_level_1 + 8 * TABLE_INDEX(LINK_IMAGE_START, 1)
    lla     a1, image_level_0
    li      s6, LINK_IMAGE_TABLES
1:  call    boot_set_table
    addi    a0, a0, 8
    li      t0, PAGE_BYTES
    add     a1, a1, t0
    addi    s6, s6, -1
    bnez    s6, 1b

    /* The image: code, constants, data. Nothing is writable and executable. */
    lla     a0, image_start
    lla     a1, rodata_start
    li      a2, MMU_LEAF_READ_EXECUTE
    call    boot_map_pages
    lla     a1, data_start
    li      a2, MMU_LEAF_READ
    call    boot_map_pages
    lla     a1, image_end
    li      a2, MMU_LEAF_READ_WRITE
    call    boot_map_pages

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

/* Makes the entry at a0 lead to the table at a1. Keeps both. */
boot_set_table:
    srli    t0, a1, MMU_ENTRY_SHIFT
    ori     t0, t0, MMU_VALID
    sd      t0, 0(a0)
    ret

/* Maps the image's pages from a0 up to a1 with the bits in a2. Returns a0 = a1. */
boot_map_pages:
    sub     t0, a0, s4
    srli    t0, t0, 12 - 3              /* one entry of 8 bytes a page */
    lla     t1, image_level_0
    add     t0, t0, t1
    li      t2, PAGE_BYTES
1:  srli    t1, a0, MMU_ENTRY_SHIFT
    or      t1, t1, a2
    sd      t1, 0(t0)
    addi    t0, t0, 8
    add     a0, a0, t2
    bltu    a0, a1, 1b
    ret

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

    .section .bss.pages, "aw", @nobits
    .balign PAGE_BYTES
    .globl  mmu_root
mmu_root:
    .skip   PAGE_BYTES
image_level_2:
    .skip   PAGE_BYTES
image_level_1:
    .skip   PAGE_BYTES
image_level_0:
    .skip   PAGE_BYTES * LINK_IMAGE_TABLES

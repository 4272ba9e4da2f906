/*
 * From the arm64 boot protocol to C at the kernel's final addresses.
 *
 * The loader puts the image anywhere in memory and jumps to its first byte on one processor, at
 * EL1 or EL2, with address translation and data cache off, and x0 = physical address of the
 * device tree. Until translation is on, the code runs at physical addresses; `adrp` is relative
 * to the program counter, so it gives physical addresses there and virtual ones afterwards.
 *
 * Source: Linux, Documentation/arm64/booting.rst; Arm DDI 0487, chapter "The AArch64 Virtual Memory
 * System Architecture" and the registers that are named.
 */
#include "machine/link.h"
#include "machine/mmu.h"

/* The header's flags: little-endian, pages of 4 KiB, may be anywhere in memory. */
#define HEADER_FLAGS 0xa

/* CurrentEL at EL2. */
#define CURRENT_EL2 0x8

/* SCTLR_EL1: the bits that are one in an ARMv8.0 processor; translation off, and as we want it. */
#define SCTLR_ONES      0x30d00800
#define SCTLR_TRANSLATE 0x1
#define SCTLR_CACHE     0x4
#define SCTLR_ALIGN_SP  0x8
#define SCTLR_ICACHE    0x1000
#define SCTLR_WXN       0x80000        /* what is writable can't be executed */
#define SCTLR_ON \
    (SCTLR_ONES | SCTLR_TRANSLATE | SCTLR_CACHE | SCTLR_ALIGN_SP | SCTLR_ICACHE | SCTLR_WXN)

/* TCR_EL1: both halves have 48-bit addresses, 4 KiB pages, cached inner-shareable table walks. */
#define TCR_LOWER   (16 | 1 << 8 | 1 << 10 | 3 << 12)
#define TCR_UPPER   (16 << 16 | 1 << 24 | 1 << 26 | 3 << 28 | 2 << 30)
#define TCR_EPD0    (1 << 7)           /* no walks in the lower half */
#define TCR_IPS     32                 /* where the size of physical addresses begins */
#define IPS_48_BITS 5

/* PSTATE of EL1 on its own stack pointer, everything masked. */
#define PSTATE_EL1H 0x3c5

/* The address of a symbol within 4 GiB. */
.macro address register, symbol
    adrp    \register, \symbol
    add     \register, \register, :lo12:\symbol
.endm

    .section .head, "ax"
    .globl  boot_entry
//@quote [arm-header]
boot_entry:
    b       boot_start
    .word   0
    .quad   0                           /* text_offset: distance from a multiple of 2 MiB */
    .quad   image_end - LINK_IMAGE_START /* image_size, with .bss */
    .quad   HEADER_FLAGS
    .quad   0, 0, 0
    .ascii  "ARM\x64"
//@quote [arm-header]
    .word   0

    .section .init.text, "ax"
boot_start:
    msr     daifset, #0xf
    mov     x19, x0                     /* device tree */
    mrs     x0, CurrentEL
    cmp     x0, #CURRENT_EL2
    b.ne    1f
    bl      boot_leave_el2
1:
    /* .bss begins and ends at a page boundary. */
    address x0, bss_start
    address x1, bss_end
1:  stp     xzr, xzr, [x0]
    stp     xzr, xzr, [x0, #16]
    add     x0, x0, #32
    cmp     x0, x1
    b.lo    1b

    address x0, boot_stack_top
    mov     sp, x0
    bl      boot_map_image
    mov     x21, x0                     /* virtual - physical address */
    bl      boot_map_identity
    mov     x20, x0                     /* the identity map's root */

    /* What was written with the caches off is in memory; older copies in a cache must go. */
    dsb     sy
    mrs     x0, ctr_el0
    ubfx    x0, x0, #16, #4             /* DminLine: log2 of the words in the smallest line */
    mov     x1, #4
    lsl     x1, x1, x0
    address x2, bss_start
    address x3, bss_end
1:  dc      ivac, x2
    add     x2, x2, x1
    cmp     x2, x3
    b.lo    1b
    dsb     sy

    /* Translation on; then from the identity map to the final address. */
    mov     x0, #MMU_MAIR
    msr     mair_el1, x0
    ldr     x0, =TCR_LOWER | TCR_UPPER
    mrs     x1, id_aa64mmfr0_el1
    and     x1, x1, #0xf                /* PARange, coded as IPS is */
    mov     x2, #IPS_48_BITS
    cmp     x1, x2
    csel    x1, x1, x2, lo
    orr     x0, x0, x1, lsl #TCR_IPS
    msr     tcr_el1, x0
    msr     ttbr0_el1, x20
    address x1, mmu_root
    msr     ttbr1_el1, x1
    isb
    tlbi    vmalle1
    ic      iallu
    dsb     nsh
    isb
    ldr     x1, =SCTLR_ON
    msr     sctlr_el1, x1
    isb
    address x1, boot_virtual
    add     x1, x1, x21
    br      x1

boot_virtual:
    /* The identity map has done its work. x0 is still TCR_EL1. */
    orr     x0, x0, #TCR_EPD0
    msr     tcr_el1, x0
    msr     ttbr0_el1, xzr
    isb
    tlbi    vmalle1
    dsb     nsh
    isb

    address x0, boot_stack_top
    mov     sp, x0
    mov     x0, x19
    mov     x29, xzr                    /* frame pointer and return address 0 end a backtrace */
    mov     x30, xzr
    b       arch_start

/*
 * From EL2 to EL1: nothing that the kernel does traps, and EL1 sees the machine as it is. Then
 * EL2 is not entered again. Returns at EL1.
 */
boot_leave_el2:
    ldr     x0, =SCTLR_ONES
    msr     sctlr_el1, x0
    mov     x0, #(1 << 31)              /* HCR_EL2.RW: EL1 is AArch64 */
    msr     hcr_el2, x0
    isb
    mrs     x0, midr_el1
    msr     vpidr_el2, x0
    mrs     x0, mpidr_el1
    msr     vmpidr_el2, x0
    msr     vttbr_el2, xzr
    mov     x0, #0x33ff                 /* CPTR_EL2: the bits that are one; nothing traps */
    msr     cptr_el2, x0
    msr     hstr_el2, xzr

    mrs     x0, cnthctl_el2
    orr     x0, x0, #3                  /* EL1PCTEN, EL1PCEN: counter and timer */
    msr     cnthctl_el2, x0
    msr     cntvoff_el2, xzr

    /* All performance counters belong to EL1: MDCR_EL2.HPMN = PMCR_EL0.N, where there are any. */
    mov     x1, xzr
    mrs     x0, id_aa64dfr0_el1
    ubfx    x0, x0, #8, #4              /* PMUVer: 0 for none, 15 for something else */
    sub     x0, x0, #1
    cmp     x0, #14
    b.hs    1f
    mrs     x1, pmcr_el0
    ubfx    x1, x1, #11, #5
1:  msr     mdcr_el2, x1

    /* The interrupt controller's system registers, where it has them. */
    mrs     x0, id_aa64pfr0_el1
    ubfx    x0, x0, #24, #4
    cbz     x0, 2f
    mrs     x0, s3_4_c12_c9_5           /* ICC_SRE_EL2 */
    orr     x0, x0, #1                  /* SRE */
    orr     x0, x0, #8                  /* Enable: for EL1 too */
    msr     s3_4_c12_c9_5, x0
    isb
    msr     s3_4_c12_c11_0, xzr         /* ICH_HCR_EL2 */
2:
    mov     x0, #PSTATE_EL1H
    msr     spsr_el2, x0
    msr     elr_el2, x30
    eret

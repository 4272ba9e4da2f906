/*
 * From the PVH boot protocol to C.
 *
 * The loader enters pvh_entry in 32-bit protected mode without paging, at the image's physical
 * address, with the physical address of struct hvm_start_info in EBX. Everything here that runs
 * before long mode uses physical addresses: PHYSICAL(symbol).
 *
 * Source: Xen's "x86/HVM direct boot ABI" (docs/misc/pvh.pandoc); Intel SDM volume 3, 9.8.5.
 *
 * The tables that are built here, all in .bss.pages:
 *
 *   mmu_root  [0]   -> image_level_2 [0]   -+   the image at its physical address, until arch_start
 *             [511] -> image_level_2 [510] -+-> image_level_1 -> image_level_0: the image by pages
 *             [256] -> direct_level_2 [0-3] --> direct_level_1: the first 4 GiB, read and write
 */
#include "machine/link.h"

#define PHYSICAL(symbol) ((symbol) - LINK_OFFSET)

#define CR0_PROTECTION    0x1
#define CR0_WRITE_PROTECT 0x10000
#define CR0_PAGING        0x80000000
#define CR4_PAE           0x20
#define CR4_MACHINE_CHECK 0x40 /* every 64-bit processor has them; without it they are resets */
#define CR4_GLOBAL_PAGES  0x80
#define MSR_EFER          0xc0000080
#define EFER_LONG_MODE    0x100
#define EFER_NO_EXECUTE   0x800

#define PRESENT       0x1
#define WRITABLE      0x2
#define LARGE         0x80
#define NO_EXECUTE_HI 0x80000000 /* bit 63, in the entry's upper half */

#define DIRECT_TABLES 4
#define SERIAL_PORT   0x3f8

//@quote [x86-note]
/* Note type 18, XEN_ELFNOTE_PHYS32_ENTRY: where a PVH loader enters. */
    .section .note.Xen, "a", @note
    .balign 4
    .long 4, 8, 18
    .asciz "Xen"
    .quad PHYSICAL(pvh_entry)
//@quote [x86-note]

    .section .head, "ax"
    .code32
    .globl pvh_entry
pvh_entry:
    cli
    cld
    movl %ebx, %ebp

    /* 64-bit mode and the no-execute bit are the least that is needed. */
    movl $0x80000000, %eax
    cpuid
    cmpl $0x80000001, %eax
    jb unsupported
    movl $0x80000001, %eax
    cpuid
    andl $0x20100000, %edx      /* long mode, no-execute */
    cmpl $0x20100000, %edx
    jne unsupported

    movl $PHYSICAL(bss_start), %edi
    movl $PHYSICAL(bss_end), %ecx
    subl %edi, %ecx
    shrl $2, %ecx
    xorl %eax, %eax
    rep stosl
    movl $PHYSICAL(boot_stack_top), %esp

    /* The upper levels. */
    movl $PHYSICAL(mmu_root), %edi
    movl $(PHYSICAL(image_level_2) + PRESENT + WRITABLE), 0*8(%edi)
    movl $(PHYSICAL(image_level_2) + PRESENT + WRITABLE), 511*8(%edi)
    movl $(PHYSICAL(direct_level_2) + PRESENT + WRITABLE), 256*8(%edi)
    movl $PHYSICAL(image_level_2), %edi
    movl $(PHYSICAL(image_level_1) + PRESENT + WRITABLE), 0*8(%edi)
    movl $(PHYSICAL(image_level_1) + PRESENT + WRITABLE), 510*8(%edi)

    movl $(PHYSICAL(image_level_0) + PRESENT + WRITABLE), %eax
    movl $PHYSICAL(image_level_1), %edi
    movl $LINK_IMAGE_TABLES, %ecx
    call fill_tables
    movl $(PHYSICAL(direct_level_1) + PRESENT + WRITABLE), %eax
    movl $PHYSICAL(direct_level_2), %edi
    movl $DIRECT_TABLES, %ecx
    call fill_tables

    /* The direct map: 2 MiB pages, because not every processor has larger ones. */
    movl $(PRESENT + WRITABLE + LARGE), %eax
    movl $PHYSICAL(direct_level_1), %edi
    movl $(DIRECT_TABLES * 512), %ecx
1:  movl %eax, (%edi)
    movl $NO_EXECUTE_HI, 4(%edi)
    addl $0x200000, %eax
    addl $8, %edi
    decl %ecx
    jnz 1b

//@quote [x86-image-pages]
    /* The image: text executable, constants read-only, the rest writable. */
    movl $PHYSICAL(image_start), %eax
    movl $(PHYSICAL(image_level_0) + (LINK_IMAGE_START - LINK_OFFSET) / 4096 * 8), %edi
2:  movl %eax, %edx
    orl $PRESENT, %edx
    xorl %ecx, %ecx
    cmpl $PHYSICAL(rodata_start), %eax
    jb 3f
    movl $NO_EXECUTE_HI, %ecx
    cmpl $PHYSICAL(data_start), %eax
    jb 3f
    orl $WRITABLE, %edx
3:  movl %edx, (%edi)
    movl %ecx, 4(%edi)
    addl $8, %edi
    addl $4096, %eax
    cmpl $PHYSICAL(image_end), %eax
    jb 2b
//@quote [x86-image-pages]

    /* Into long mode. */
    movl %cr4, %eax
    orl $(CR4_PAE + CR4_MACHINE_CHECK + CR4_GLOBAL_PAGES), %eax
    movl %eax, %cr4
    movl $PHYSICAL(mmu_root), %eax
    movl %eax, %cr3
    movl $MSR_EFER, %ecx
    rdmsr
    orl $(EFER_LONG_MODE + EFER_NO_EXECUTE), %eax
    wrmsr
    movl %cr0, %eax
    orl $(CR0_PROTECTION + CR0_WRITE_PROTECT + CR0_PAGING), %eax
    movl %eax, %cr0
    lgdt PHYSICAL(entry_segments)
    ljmp $8, $PHYSICAL(long_mode)

/* Fills ecx entries at edi with tables that follow one another; eax is the first entry. */
fill_tables:
    movl %eax, (%edi)
    addl $4096, %eax
    addl $8, %edi
    decl %ecx
    jnz fill_tables
    ret

/* Says why on the first serial port and stops. */
unsupported:
    movl $PHYSICAL(unsupported_text), %esi
1:  movw $(SERIAL_PORT + 5), %dx
2:  inb %dx, %al
    testb $0x20, %al
    jz 2b
    movw $SERIAL_PORT, %dx
    lodsb
    testb %al, %al
    jz 3f
    outb %al, %dx
    jmp 1b
3:  hlt
    jmp 3b

    .code64
long_mode:
    movabsq $high_start, %rax
    jmp *%rax

unsupported_text:
    .asciz "Cairn needs a processor with 64-bit mode and no-execute pages; this one lacks them.\r\n"

/* The first three descriptors, by their physical address: see descriptors.c. */
entry_segments:
    .word 3 * 8 - 1
    .long PHYSICAL(segments)

    .section .init.text, "ax"
    .type high_start, @function
high_start:
    movl $0x10, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    xorl %eax, %eax
    movl %eax, %fs
    movl %eax, %gs
    movabsq $LINK_OFFSET, %rax
    movq %rax, image_virtual_offset(%rip)
    leaq boot_stack_top(%rip), %rsp
    movl %ebp, %edi             /* struct hvm_start_info */
    xorl %ebp, %ebp             /* the outermost frame record */
    pushq $0
    call arch_start
    ud2
    .size high_start, . - high_start

    .section .bss.pages, "aw", @nobits
    .balign 4096
direct_level_2:
    .skip 4096
direct_level_1:
    .skip 4096 * DIRECT_TABLES

    .section .note.GNU-stack, "", @progbits

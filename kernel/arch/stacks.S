/*
 * The stacks of start-up, each above its guard page: see arch/stack.h.
 */
#include "arch/stack.h"

#define PAGE_BYTES 4096

    .section .bss.pages, "aw", @nobits
    .balign PAGE_BYTES

    .globl boot_stack_guard, boot_stack, boot_stack_top
boot_stack_guard:
    .skip PAGE_BYTES
boot_stack:
    .skip BOOT_STACK_SIZE
boot_stack_top:

    .globl exception_stack_guard, exception_stack, exception_stack_top
exception_stack_guard:
    .skip PAGE_BYTES
exception_stack:
    .skip BOOT_STACK_SIZE
exception_stack_top:

    .section .note.GNU-stack, "", @progbits

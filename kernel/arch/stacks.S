/*
 * The stacks of start-up, each above its guard page: see arch/stack.h.
 */
#include "arch/stack.h"

#define PAGE_BYTES 4096

    .macro stack name
    .globl \name\()_guard, \name, \name\()_top
\name\()_guard:
    .skip PAGE_BYTES
\name:
    .skip BOOT_STACK_SIZE
\name\()_top:
    .endm

    .section .bss.pages, "aw", @nobits
    .balign PAGE_BYTES
    stack boot_stack
    stack exception_stack

    .section .note.GNU-stack, "", @progbits

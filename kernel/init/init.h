/**
 * @file
 * @defgroup init Start-up order
 * How the kernel's subsystems come up: init calls, run level by level.
 *
 * A subsystem registers a function with INIT_CALL(); kernel_main() runs all functions of a level
 * before the next level, and within a level in alphabetical order. Init calls run on the boot
 * processor with interrupts off. One that fails is logged and the start goes on: a machine without
 * symbols or without a second serial port is still a machine.
 * @{
 */
#pragma once

#include "lib/register_table.h"

/*
 * The levels, in order:
 *   10 boot      boot_info is filled; no console, raw memory map, early page tables
 *   20 console   a console is found and attached; from here on the log is visible
 *   30 memory    the memory map is normalised and the direct map built
 *   40 core      services of the kernel itself: ramdisk, symbols
 *   50 devices   the kernel's few devices
 *   80 script    a grading build runs its requests
 *   90 run       never returns: the kernel monitor, later the first process
 */
#define INIT_LEVEL_boot    10
#define INIT_LEVEL_console 20
#define INIT_LEVEL_memory  30
//@lab 2
/* 35 heap: frames, then the heap; from here on memory can be allocated. */
#define INIT_LEVEL_heap 35
//@end
#define INIT_LEVEL_core    40
#define INIT_LEVEL_devices 50
//@lab 4
/* 60 space: the kernel's own address space, with tables that the walker can change. */
#define INIT_LEVEL_space 60
//@end
#define INIT_LEVEL_script 80
#define INIT_LEVEL_run    90

/** An entry of the table `init_calls`. */
struct init_call {
    const char *name;
    int (*function)(void); /**< Returns OK or an error. */
};

#define INIT_CALL_AT(level, call) INIT_CALL_PLACED(level, call)
#define INIT_CALL_PLACED(level, call)                                                              \
    REGISTER(init_calls, level##_##call, struct init_call init_call_##call) = {.name = #call,      \
                                                                               .function = (call)}

/**
 * Runs `int call(void)` at @p level, one of the words above: `INIT_CALL(console, console_init);`
 */
#define INIT_CALL(level, call) INIT_CALL_AT(INIT_LEVEL_##level, call)

/**
 * The kernel's entry into generic code, called once by the architecture's start code.
 *
 * Context: boot processor, interrupts off, on the boot stack, boot_info filled.
 */
_Noreturn void kernel_main(void);

/** @} */

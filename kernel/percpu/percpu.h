/**
 * @file
 * @defgroup percpu Per-processor data
 * Variables of which every processor has its own.
 *
 * PERCPU(type, name) defines one; percpu(name) is the running processor's. The boot processor uses
 * the variables where the linker put them; others get as much memory, cleared as .bss is, and the
 * architecture keeps each one's distance from the original in a register.
 *
 * May be used in any context; a pointer must not be kept across a point where the thread may move.
 * @{
 */
#pragma once

#include "arch/cpu.h"

/** Defines a per-processor variable, zero at first. */
#define PERCPU(type, name) __attribute__((section(".bss.percpu"))) type percpu_##name

/** Declares one that another file defines. */
#define PERCPU_DECLARE(type, name) extern type percpu_##name

/** The running processor's instance, as an lvalue. */
#define percpu(name)                                                                               \
    (*(__typeof__(&percpu_##name))(void *)((char *)&percpu_##name + cpu_percpu_offset()))

/** @} */

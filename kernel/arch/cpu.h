/**
 * @file
 * @defgroup arch Architecture contract
 * What every architecture supplies to the generic kernel.
 *
 * Each contract header declares functions that `kernel/arch/<arch>/` defines, in a C file or inline
 * in `include/machine/<same name>.h`. Generic code includes `arch/…` only and never asks which
 * architecture it runs on.
 * @{
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The architecture's name: "x86_64", "aarch64" or "riscv64". */
extern const char arch_name[];

/** Tells the processor (and the emulator) that this is a waiting loop. */
static inline void cpu_relax(void);

/** Masks interrupts on this processor. @return whether they were on */
static inline bool cpu_interrupts_disable(void);

/** Turns interrupts on when @p on is true; undoes cpu_interrupts_disable(). */
static inline void cpu_interrupts_restore(bool on);

/** Whether interrupts are on. */
static inline bool cpu_interrupts_enabled(void);

/** Distance in bytes from the percpu section to this processor's copy of it. */
static inline ptrdiff_t cpu_percpu_offset(void);

/** A counter of fixed frequency (boot_info.timer.frequency_hz) that starts near reset. */
static inline uint64_t cpu_timestamp(void);

/**
 * Instructions executed so far, where the processor can count them: exact under the emulator's
 * instruction counting, an approximation on hardware. For the benchmarks and the grader.
 */
static inline uint64_t cpu_instruction_count(void);

/** Stops this processor for ever, interrupts off. */
_Noreturn void cpu_halt(void);

/** Sets @p on this processor the distance that cpu_percpu_offset() returns. */
void cpu_set_percpu_offset(ptrdiff_t offset);

/** @} */

#include "machine/cpu.h"

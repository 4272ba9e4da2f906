/**
 * @file
 * Measuring how long interrupts stay off (@ref probe): see stretches.c. The compiler includes it
 * before every source of a build with STRETCHES=1; the probes' own are compiled with
 * STRETCHES_APART, and see nothing of it.
 */
#pragma once
#ifndef STRETCHES_APART

#include "arch/cpu.h"

/** Interrupts have been turned off. */
void stretch_begin(void);

/** Interrupts are about to be turned on. */
void stretch_end(void);

static inline bool stretch_disable(void)
{
    bool on = cpu_interrupts_disable();

    if (on)
        stretch_begin();
    return on;
}

static inline void stretch_restore(bool on)
{
    if (on)
        stretch_end();
    cpu_interrupts_restore(on);
}

#define cpu_interrupts_disable()   stretch_disable()
#define cpu_interrupts_restore(on) stretch_restore(on)
#endif

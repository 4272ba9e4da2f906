/**
 * @file
 * A processor for the host: one, whose interrupts are a variable, and whose own variables are the
 * originals.
 */
#pragma once

extern bool machine_interrupts_on;

static inline void cpu_relax(void)
{
}

static inline bool cpu_interrupts_enabled(void)
{
    return machine_interrupts_on;
}

static inline bool cpu_interrupts_disable(void)
{
    bool on = machine_interrupts_on;

    machine_interrupts_on = false;
    return on;
}

static inline void cpu_interrupts_restore(bool on)
{
    if (on)
        machine_interrupts_on = true;
}

static inline ptrdiff_t cpu_percpu_offset(void)
{
    return 0;
}

static inline uint64_t cpu_timestamp(void)
{
    return 0;
}

static inline uint64_t cpu_instruction_count(void)
{
    return 0;
}

/* In place of kernel/arch/cpu.h on the host: what headers call, and never here. */
#pragma once

#include <stddef.h>
#include <stdint.h>

static inline void write_msr(uint32_t msr, uint64_t value)
{
    (void)msr;
    (void)value;
}

static inline ptrdiff_t cpu_percpu_offset(void)
{
    return 0;
}

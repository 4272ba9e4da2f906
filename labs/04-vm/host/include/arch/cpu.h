/* In place of kernel/arch/cpu.h on the host: what machine/page_entry.h calls, and never here. */
#pragma once

#include <stdint.h>

static inline void write_msr(uint32_t msr, uint64_t value)
{
    (void)msr;
    (void)value;
}

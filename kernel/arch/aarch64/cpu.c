/*
 * The parts of arch/cpu.h and arch/mmu.h that are not inline on AArch64.
 *
 * Source: Arm DDI 0487, chapter "The Performance Monitors Extension" and the registers named.
 */
#include "arch/cpu.h"

#include "aarch64.h"
#include "arch/mmu.h"
#include "lib/util.h"
#include "percpu/percpu.h"

const char arch_name[] = "aarch64";

enum pmu_bits {
    PMU_VERSION_SHIFT = 8, /* ID_AA64DFR0_EL1.PMUVer */
    PMU_VERSION_FOREIGN = 15,
    PMU_EVENT_INSTRUCTIONS = 8, /* INST_RETIRED, also its bit in PMCEID0_EL0 */
    PMCR_ENABLE = 1 << 0,
    PMCR_RESET_EVENTS = 1 << 1,
    PMCNTEN_EVENT_0 = 1 << 0,
};

/* Whether event counter 0 counts instructions; if not, cpu_instruction_count() tells the time. */
static bool counts_instructions;

/* The event counter has 32 bits: the 64-bit count at its last reading. */
static PERCPU(uint64_t, instructions_seen);

_Noreturn void cpu_halt(void)
{
    __asm__ volatile("msr daifset, #0xf" ::: "memory");
    /* An interrupt that is masked still ends wfi. */
    for (;;)
        __asm__ volatile("wfi");
}

INIT_TEXT void cpu_set_percpu_offset(ptrdiff_t offset)
{
    system_register_write(tpidr_el1, offset);
}

INIT_TEXT void cpu_start_counting(void)
{
    unsigned version =
        system_register_field(system_register_read(id_aa64dfr0_el1), PMU_VERSION_SHIFT);

    if (version == 0 || version == PMU_VERSION_FOREIGN)
        return;
    system_register_write(pmuserenr_el0, 0);
    /* The emulator offers the event only where it counts instructions exactly. */
    if ((system_register_read(pmceid0_el0) >> PMU_EVENT_INSTRUCTIONS & 1) == 0)
        return;
    counts_instructions = true;
    system_register_write(pmevtyper0_el0, PMU_EVENT_INSTRUCTIONS);
    system_register_write(pmcntenset_el0, PMCNTEN_EVENT_0);
    system_register_write(pmcr_el0, PMCR_ENABLE | PMCR_RESET_EVENTS);
    percpu(instructions_seen) = 0;
    __asm__ volatile("isb" ::: "memory");
}

/*
 * The 32-bit counter is extended at each reading. Who reads twice within 2^32 instructions gets the
 * exact difference; a longer pause loses multiples of 2^32 from the total only.
 */
static uint64_t extended_count(void)
{
    bool on = cpu_interrupts_disable();
    uint64_t seen = percpu(instructions_seen);
    uint32_t passed = (uint32_t)system_register_read(pmevcntr0_el0) - (uint32_t)seen;

    percpu(instructions_seen) = seen + passed;
    cpu_interrupts_restore(on);
    return seen + passed;
}

uint64_t cpu_read_instruction_counter(void)
{
    __asm__ volatile("isb" ::: "memory");
    return counts_instructions ? extended_count() : cpu_timestamp();
}

unsigned mmu_largest_leaf(void)
{
    return 2; /* the 4 KiB granule has 1 GiB blocks on every processor */
}

void mmu_flush_all(void)
{
    __asm__ volatile("dsb nshst\n\t"
                     "tlbi vmalle1\n\t"
                     "dsb nsh\n\t"
                     "isb" ::
                         : "memory");
}

/**
 * @file
 * The translation look-aside buffer on AArch64. Source: Arm DDI 0487, D8.14, and the instructions
 * named; tables are changed by stores, which `dsb ishst` completes before the buffer is told.
 *
 * The forms that end in `is` reach all processors.
 */
#pragma once

/** Where the identifier stands in TTBR0_EL1 and in a TLBI instruction's operand. */
#define TLB_IDENTIFIER_SHIFT 48

/** A TLBI instruction, and all accesses after it see its effect. */
#define TLB_INVALIDATE(what, operand)                                                              \
    __asm__ volatile("dsb ishst\n\ttlbi " #what ", %0\n\tdsb ish\n\tisb"                           \
                     :                                                                             \
                     : "r"(operand)                                                                \
                     : "memory")

static inline void tlb_switch(uint64_t root, uint16_t identifier)
{
    __asm__ volatile("msr ttbr0_el1, %0\n\tisb"
                     :
                     : "r"(root | (uint64_t)identifier << TLB_IDENTIFIER_SHIFT)
                     : "memory");
}

static inline void tlb_flush_user_page(uint64_t virtual, uint16_t identifier)
{
    TLB_INVALIDATE(vae1is, virtual >> 12 | (uint64_t)identifier << TLB_IDENTIFIER_SHIFT);
}

static inline void tlb_flush_kernel_page(uint64_t virtual)
{
    TLB_INVALIDATE(vaae1is, virtual << 8 >> 20); /* bits 55 to 12 */
}

static inline void tlb_flush_identifier(uint16_t identifier)
{
    TLB_INVALIDATE(aside1is, (uint64_t)identifier << TLB_IDENTIFIER_SHIFT);
}

static inline void tlb_publish(uint64_t virtual)
{
    (void)virtual; /* absent pages are never remembered */
    __asm__ volatile("dsb ishst\n\tisb" ::: "memory");
}

static inline void tlb_publish_table(void)
{
    tlb_publish(0);
}

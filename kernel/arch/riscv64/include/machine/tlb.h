/**
 * @file
 * The translation look-aside buffer on RISC-V.
 * Source: RISC-V Privileged Architecture 20211203, 4.1.11 (satp) and 4.2.1 (SFENCE.VMA).
 */
#pragma once

/** satp: the mode Sv48; where the identifier begins; the root's page number is below. */
#define SATP_SV48             (UINT64_C(9) << 60)
#define SATP_IDENTIFIER_SHIFT 44

/** How many identifiers there are, for tlb_switch(). */
extern unsigned tlb_identifier_count;

static inline void tlb_flush_identifier(uint16_t identifier)
{
    __asm__ volatile("sfence.vma zero, %0" : : "r"((uint64_t)identifier) : "memory");
}

static inline void tlb_switch(uint64_t root, uint16_t identifier)
{
    __asm__ volatile("csrw satp, %0"
                     :
                     : "r"(SATP_SV48 | (uint64_t)identifier << SATP_IDENTIFIER_SHIFT | root >> 12)
                     : "memory");
    if (tlb_identifier_count == 1)
        tlb_flush_identifier(identifier);
}

static inline void tlb_flush_user_page(uint64_t virtual, uint16_t identifier)
{
    __asm__ volatile("sfence.vma %0, %1" : : "r"(virtual), "r"((uint64_t)identifier) : "memory");
}

static inline void tlb_flush_kernel_page(uint64_t virtual)
{
    __asm__ volatile("sfence.vma %0, zero" : : "r"(virtual) : "memory");
}

/* Absent pages may be remembered (4.2.1). */
static inline void tlb_publish(uint64_t virtual)
{
    tlb_flush_kernel_page(virtual);
}

/* So may absent tables, by any address behind them; and a page's fence orders its leaf only. */
static inline void tlb_publish_table(void)
{
    __asm__ volatile("sfence.vma zero, zero" ::: "memory");
}

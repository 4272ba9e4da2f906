/**
 * @file
 * The translation look-aside buffer on x86-64. Source: Intel SDM volume 3, 4.10.
 */
#pragma once

/** Bit 63 of what is written to CR3, or 0 without identifiers: keep the identifier's entries. */
extern uint64_t tlb_keep;

static inline void tlb_switch(uint64_t root, uint16_t identifier)
{
    __asm__ volatile("movq %0, %%cr3" ::"r"(root | identifier | tlb_keep) : "memory");
}

static inline void tlb_flush_kernel_page(uint64_t virtual)
{
    __asm__ volatile("invlpg (%0)" ::"r"(virtual) : "memory");
}

static inline void tlb_flush_user_page(uint64_t virtual, uint16_t identifier)
{
    (void)identifier; /* the instruction means the running one */
    tlb_flush_kernel_page(virtual);
}

static inline void tlb_flush_identifier(uint16_t identifier)
{
    uint64_t root;

    (void)identifier;
    /* Bit 63 reads as 0, so this keeps nothing but global pages. */
    __asm__ volatile("movq %%cr3, %0\n\tmovq %0, %%cr3" : "=r"(root) : : "memory");
}

static inline void tlb_publish(uint64_t virtual)
{
    (void)virtual; /* absent pages are never remembered (4.10.2.3) */
    __asm__ volatile("" ::: "memory");
}

static inline void tlb_publish_table(void)
{
    tlb_publish(0);
}

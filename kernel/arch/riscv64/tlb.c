/*
 * Address spaces and protections on RISC-V.
 *
 * Source: RISC-V Privileged Architecture 20211203, 4.1.1 (sstatus) and 4.1.11 (satp).
 */
#include "arch/tlb.h"

#include "address_map/address_map.h"
#include "arch/trap.h"
#include "lib/util.h"

#define SATP_IDENTIFIERS UINT64_C(0xffff)

uint64_t tlb_kernel_root;
unsigned tlb_identifier_count = 1;

INIT_TEXT unsigned tlb_identifiers(void)
{
    return tlb_identifier_count;
}

INIT_TEXT void tlb_set_kernel_root(uint64_t root)
{
    tlb_kernel_root = root;
    mmu_flush_all(); /* orders the stores to the new tables, too */
    tlb_switch(root, 0);
    mmu_flush_all();
}

/* How many identifiers there are: bits that a processor lacks stay 0. */
static unsigned count_identifiers(void)
{
    uint64_t satp;

    tlb_switch(tlb_kernel_root, SATP_IDENTIFIERS);
    __asm__ volatile("csrr %0, satp" : "=r"(satp) : : "memory");
    return (unsigned)(satp >> SATP_IDENTIFIER_SHIFT & SATP_IDENTIFIERS) + 1;
}

INIT_TEXT void tlb_init(void)
{
    if (tlb_kernel_root == 0)
        tlb_kernel_root = (uintptr_t)mmu_root - image_virtual_offset;
    tlb_identifier_count = count_identifiers();
    tlb_set_kernel_root(tlb_kernel_root);
    __asm__ volatile("csrc sstatus, %0" : : "r"(TRAP_STATUS_SUM) : "memory");
}

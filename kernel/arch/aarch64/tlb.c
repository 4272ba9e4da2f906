/*
 * Address spaces and protections on AArch64.
 *
 * The lower half is made 2^47 bytes large, as on the other machines. Its walks then use the lower
 * half of a root table only, which in the kernel's root is empty: so that root stands for "no
 * address space" here too.
 *
 * Source: Arm DDI 0487, registers TCR_EL1, TTBR0_EL1, SCTLR_EL1, ID_AA64MMFR0_EL1.
 */
#include "arch/tlb.h"

#include "aarch64.h"
#include "address_map/address_map.h"
#include "lib/util.h"

/* TCR_EL1: the size of the lower half, whether it is walked, and 16 bits of identifiers. */
#define TCR_T0SZ_MASK UINT64_C(0x3f)
#define TCR_T0SZ_47   UINT64_C(17) /* 64 - 47 */
#define TCR_EPD0      (UINT64_C(1) << 7)
#define TCR_AS        (UINT64_C(1) << 36)

/* SCTLR_EL1: when set, an exception leaves PSTATE.PAN as it is. */
#define SCTLR_SPAN (UINT64_C(1) << 23)

enum { ASID_BITS_SHIFT = 4, ASID_BITS_16 = 2 };

uint64_t tlb_kernel_root;

static bool has_wide_identifiers(void)
{
    return system_register_field(system_register_read(id_aa64mmfr0_el1), ASID_BITS_SHIFT) ==
           ASID_BITS_16;
}

INIT_TEXT unsigned tlb_identifiers(void)
{
    return has_wide_identifiers() ? 1 << 16 : 1 << 8;
}

INIT_TEXT void tlb_set_kernel_root(uint64_t root)
{
    tlb_kernel_root = root;
    __asm__ volatile("dsb ishst" ::: "memory");
    system_register_write(ttbr1_el1, root);
    tlb_switch(root, 0);
    mmu_flush_all(); /* what led to pages by the old tables */
}

INIT_TEXT void tlb_init(void)
{
    uint64_t control = system_register_read(tcr_el1);

    if (tlb_kernel_root == 0)
        tlb_kernel_root = (uintptr_t)mmu_root - image_virtual_offset;
    tlb_set_kernel_root(tlb_kernel_root);
    control = (control & ~(TCR_T0SZ_MASK | TCR_EPD0)) | TCR_T0SZ_47;
    system_register_write(tcr_el1, control | (has_wide_identifiers() ? TCR_AS : 0));
    /* Privileged access never, until it is allowed; every exception sets it (D8.4.6). */
    system_register_write(sctlr_el1, system_register_read(sctlr_el1) & ~SCTLR_SPAN);
    __asm__ volatile("msr pan, #1\n\tisb" ::: "memory");
    mmu_flush_all();
}

/*
 * Address spaces and protections on x86-64: control registers 3 and 4.
 *
 * Source: Intel SDM volume 3, 2.5 (control registers), 4.6 (access rights), 4.10.1 (PCIDs).
 */
#include "arch/tlb.h"

#include "address_map/address_map.h"
#include "arch/cpu.h"
#include "lib/util.h"
#include "panic/panic.h"

/* CR4 and what CPUID says of it. */
#define CR4_UMIP  (UINT64_C(1) << 11)
#define CR4_PCIDE (UINT64_C(1) << 17)
#define CR4_SMEP  (UINT64_C(1) << 20)
#define CR4_SMAP  (UINT64_C(1) << 21)

enum {
    LEAF_FEATURES = 1,
    HAS_PCID = 1 << 17, /* of ECX */
    LEAF_MORE_FEATURES = 7,
    HAS_SMEP = 1 << 7, /* of EBX */
    HAS_SMAP = 1 << 20,
    HAS_UMIP = 1 << 2, /* of ECX */
};

enum { IDENTIFIERS = 4096, MSR_EFER = 0xc0000080, EFER_NO_EXECUTE = 0x800 };
#define CR0_WRITE_PROTECT UINT64_C(0x10000)

uint64_t tlb_kernel_root;
uint64_t tlb_keep;
bool user_copy_has_smap;

unsigned tlb_identifiers(void)
{
    return tlb_keep != 0 ? IDENTIFIERS : 1;
}

void tlb_set_kernel_root(uint64_t root)
{
    tlb_kernel_root = root;
    __asm__ volatile("movq %0, %%cr3" ::"r"(root) : "memory");
    mmu_flush_all();
}

/* What this processor has of what is wanted. */
static uint64_t wanted_bits(void)
{
    struct cpuid_result more = {0};

    if (cpuid(0).eax >= LEAF_MORE_FEATURES)
        more = cpuid(LEAF_MORE_FEATURES);
    return ((cpuid(LEAF_FEATURES).ecx & HAS_PCID) != 0 ? CR4_PCIDE : 0) |
           ((more.ebx & HAS_SMEP) != 0 ? CR4_SMEP : 0) |
           ((more.ebx & HAS_SMAP) != 0 ? CR4_SMAP : 0) |
           ((more.ecx & HAS_UMIP) != 0 ? CR4_UMIP : 0);
}

INIT_TEXT void tlb_init(void)
{
    uint64_t bits = wanted_bits();
    uint64_t cr0;
    uint64_t cr4;

    /* The start code has set these; without them nothing is read-only, and all is code. */
    __asm__ volatile("movq %%cr0, %0" : "=r"(cr0));
    ASSERT((cr0 & CR0_WRITE_PROTECT) != 0 && (read_msr(MSR_EFER) & EFER_NO_EXECUTE) != 0);
    if (tlb_kernel_root == 0)
        tlb_kernel_root = (uintptr_t)mmu_root - image_virtual_offset;
    /* PCIDE can only be set while CR3's lowest 12 bits are 0 (4.10.1). */
    tlb_set_kernel_root(tlb_kernel_root);
    __asm__ volatile("movq %%cr4, %0" : "=r"(cr4));
    __asm__ volatile("movq %0, %%cr4" ::"r"(cr4 | bits) : "memory");
    user_copy_has_smap = (bits & CR4_SMAP) != 0;
    tlb_keep = (bits & CR4_PCIDE) != 0 ? UINT64_C(1) << 63 : 0;
}

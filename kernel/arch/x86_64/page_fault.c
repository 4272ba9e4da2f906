/*
 * What a page fault wanted, on x86-64. Source: Intel SDM volume 3, 4.7.
 */
#include "arch/page_fault.h"

#include "arch/trap.h"

enum { VECTOR_PAGE_FAULT = 14 };

enum page_fault_error {
    ERROR_PRESENT = 1 << 0,
    ERROR_WRITE = 1 << 1,
    ERROR_USER = 1 << 2,
    ERROR_FETCH = 1 << 4,
};

bool page_fault_decode(const struct trap_frame *frame, struct page_fault *fault)
{
    enum { CURABLE = ERROR_PRESENT | ERROR_WRITE | ERROR_USER | ERROR_FETCH };

    /* The other bits mean reserved bits in an entry, protection keys, enclaves. */
    if (frame->vector != VECTOR_PAGE_FAULT || (frame->error & ~(uint64_t)CURABLE) != 0)
        return false;
    __asm__ volatile("movq %%cr2, %0" : "=r"(fault->address));
    fault->access = (frame->error & ERROR_FETCH) != 0   ? ACCESS_EXECUTE
                    : (frame->error & ERROR_WRITE) != 0 ? ACCESS_WRITE
                                                        : ACCESS_READ;
    return true;
}

/*
 * What a page fault wanted, on x86-64. Source: Intel SDM volume 3, 4.7.
 */
#pragma once

enum page_fault_error {
    ERROR_PRESENT = 1 << 0,
    ERROR_WRITE = 1 << 1,
    ERROR_USER = 1 << 2,
    ERROR_FETCH = 1 << 4,
};

static inline bool page_fault_decode(const struct trap_frame *frame, struct page_fault *fault)
{
    enum { CURABLE = ERROR_PRESENT | ERROR_WRITE | ERROR_USER | ERROR_FETCH };

    /* The other bits mean reserved bits in an entry, protection keys, enclaves. */
    if (frame->vector != EXCEPTION_PAGE_FAULT || (frame->error & ~(uint64_t)CURABLE) != 0)
        return false;
    __asm__ volatile("movq %%cr2, %0" : "=r"(fault->address));
    /* A fetch is no write: so the two bits, side by side, make the right. */
    fault->access = ACCESS_READ << ((frame->error & ERROR_WRITE) / ERROR_WRITE +
                                    (frame->error & ERROR_FETCH) / (ERROR_FETCH / 2));
    return true;
}

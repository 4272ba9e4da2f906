/*
 * What a page fault wanted, on RISC-V. Source: RISC-V Privileged Architecture 20211203, 4.1.8.
 */
#pragma once

static inline bool page_fault_decode(const struct trap_frame *frame, struct page_fault *fault)
{
    fault->address = frame->value;
    fault->access = frame->cause == CAUSE_INSTRUCTION_PAGE ? ACCESS_EXECUTE
                    : frame->cause == CAUSE_LOAD_PAGE      ? ACCESS_READ
                                                           : ACCESS_WRITE;
    return frame->cause == CAUSE_INSTRUCTION_PAGE || frame->cause == CAUSE_LOAD_PAGE ||
           frame->cause == CAUSE_STORE_PAGE;
}

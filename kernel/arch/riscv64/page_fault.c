/*
 * What a page fault wanted, on RISC-V. Source: RISC-V Privileged Architecture 20211203, 4.1.8.
 */
#include "arch/page_fault.h"

#include "arch/trap.h"

enum { CAUSE_INSTRUCTION_PAGE = 12, CAUSE_LOAD_PAGE = 13, CAUSE_STORE_PAGE = 15 };

bool page_fault_decode(const struct trap_frame *frame, struct page_fault *fault)
{
    fault->address = frame->value;
    fault->access = frame->cause == CAUSE_INSTRUCTION_PAGE ? ACCESS_EXECUTE
                    : frame->cause == CAUSE_LOAD_PAGE      ? ACCESS_READ
                                                           : ACCESS_WRITE;
    return frame->cause == CAUSE_INSTRUCTION_PAGE || frame->cause == CAUSE_LOAD_PAGE ||
           frame->cause == CAUSE_STORE_PAGE;
}

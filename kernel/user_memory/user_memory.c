/*
 * Copies between the kernel and user programs, and the faults that they take. See user_memory.h.
 *
 * The copying itself is the architecture's (user_copy.S): it lets the kernel at user pages for as
 * long as it takes. That some range of it may fault, and where it goes on, is a fix-up like others
 * (trap/fixup.h); but a page that is yet to be filled is filled first (address_space_fault.c).
 */
#include "user_memory/user_memory.h"

#include "arch/page_fault.h"
#include "arch/user_copy.h"
#include "cairn/error.h"
#include "page_table/page_table.h"
#include "panic/panic.h"
#include "trap/trap.h"

FIXUP(user_copy) = {
    .begin = (uintptr_t)user_copy_begin,
    .end = (uintptr_t)user_copy_end,
    .resume = (uintptr_t)user_copy_failed,
};

int user_copy_in(void *to, const USER void *from, size_t size)
{
    uintptr_t address = (uintptr_t)from;

    if (!range_within(address, size, USER_END))
        return ERROR_FAULT;
    /* This is the one place that is meant to follow user pointers. */
    return user_copy(to, (const void *)address, size);
}

int user_copy_out(USER void *to, const void *from, size_t size)
{
    uintptr_t address = (uintptr_t)to;

    if (!range_within(address, size, USER_END))
        return ERROR_FAULT;
    return user_copy((void *)address, from, size);
}

/* No address of the user half is the kernel's to follow, whether something is mapped there or not.
 */
void trap_unserved(const struct trap_frame *frame)
{
    struct page_fault fault;

    if (page_fault_decode(frame, &fault) && fault.address < USER_END)
        panic_trap(fault.address < PAGE_SIZE
                       ? "the kernel followed a null pointer"
                       : "the kernel touched user memory outside of user_copy_in() and _out()",
                   frame);
}

/* In place of a processor's TLB on the host: there is none. */
#pragma once

static inline void tlb_publish(uint64_t virtual)
{
    (void)virtual;
}

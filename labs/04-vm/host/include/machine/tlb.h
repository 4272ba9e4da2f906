/* In place of a processor's TLB on the host: there is none. */
#ifndef HOST_TLB_H
#define HOST_TLB_H

static inline void tlb_publish(uint64_t virtual)
{
    (void)virtual;
}

#endif

/*
 * What an abort wanted, on AArch64. Source: Arm DDI 0487, register ESR_EL1, ISS encodings for
 * instruction and data aborts.
 */
#pragma once

static inline bool page_fault_decode(const struct trap_frame *frame, struct page_fault *fault)
{
    uint64_t syndrome = frame->syndrome;
    enum syndrome_class class = syndrome_kernel_class(syndrome);
    uint64_t status = syndrome & ABORT_STATUS;
    bool writes = (syndrome & (ABORT_WRITE | ABORT_CACHE_OPERATION)) == ABORT_WRITE;

    fault->address = frame->address;
    fault->access = class == CLASS_INSTRUCTION_ABORT ? ACCESS_EXECUTE
                    : writes                         ? ACCESS_WRITE
                                                     : ACCESS_READ;
    /* Translation, access flag and permission faults: 4 to 15, each at four levels. */
    return (class == CLASS_INSTRUCTION_ABORT || class == CLASS_DATA_ABORT) && status >= 0x04 &&
           status <= 0x0f && (syndrome & ABORT_NO_ADDRESS) == 0;
}

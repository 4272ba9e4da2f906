/*
 * Decodes the exception syndrome, as far as the kernel turns on what can raise exceptions.
 *
 * Source: Arm DDI 0487, register ESR_EL1: the exception class in bits 26 to 31, what is specific to
 * the class in bits 0 to 24.
 */
#include "syndrome.h"

/* What a field of the syndrome says; of `bits` only, so that the rest may vary. */
struct meaning {
    uint8_t value;
    uint8_t bits;
    const char *text;
};

/* Classes that differ only in the lowest bit are of user mode and of the kernel. */
static const struct meaning classes[] = {
    {0x00, 0x3f, "undefined instruction"},
    {0x01, 0x3f, "trapped WFI or WFE"},
    {0x07, 0x3f, "floating-point or SIMD instruction"},
    {0x0e, 0x3f, "illegal execution state"},
    {0x15, 0x3f, "supervisor call"},
    {0x18, 0x3f, "trapped access to a system register"},
    {0x19, 0x3f, "SVE instruction"},
    {0x20, 0x3e, "instruction abort"},
    {CLASS_PC_ALIGNMENT, 0x3f, "program counter misaligned"},
    {0x24, 0x3e, "data abort"},
    {0x26, 0x3f, "stack pointer misaligned"},
    {0x2f, 0x3f, "system error (SError)"},
    {0x30, 0x3e, "hardware breakpoint"},
    {0x32, 0x3e, "single step"},
    {0x34, 0x3e, "watchpoint"},
    {CLASS_BRK, 0x3f, "BRK instruction"},
    {0x00, 0x00, "exception of an unknown class"},
};

/* Fault status, bits 0 to 5 of an abort; where two bits may vary, they are the level of the walk.
 */
static const struct meaning faults[] = {
    {0x00, 0x3c, "address size fault"},
    {0x04, 0x3c, "translation fault"},
    {0x08, 0x3c, "access flag fault"},
    {0x0c, 0x3c, "permission fault"},
    {0x14, 0x3c, "external abort on the table walk"},
    {0x1c, 0x3c, "parity or ECC error on the table walk"},
    {0x10, 0x3f, "external abort: nothing answers at that physical address"},
    {0x18, 0x3f, "parity or ECC error"},
    {0x21, 0x3f, "alignment fault"},
    {0x30, 0x3f, "TLB conflict"},
    {0x35, 0x3f, "unsupported exclusive or atomic access"},
    {0x00, 0x00, "unknown fault"},
};

/* The first meaning that fits; the last one of a list fits everything. */
static const struct meaning *find_meaning(const struct meaning *list, uint64_t value)
{
    while ((value & list->bits) != list->value)
        list++;
    return list;
}

static bool is_abort(uint64_t syndrome)
{
    enum syndrome_class class = syndrome_kernel_class(syndrome);

    return class == CLASS_INSTRUCTION_ABORT || class == CLASS_DATA_ABORT;
}

const char *syndrome_class_name(uint64_t syndrome)
{
    return find_meaning(classes, syndrome_class(syndrome))->text;
}

bool syndrome_has_address(uint64_t syndrome)
{
    if (is_abort(syndrome))
        return (syndrome & ABORT_NO_ADDRESS) == 0;
    return syndrome_class(syndrome) == CLASS_PC_ALIGNMENT ||
           syndrome_kernel_class(syndrome) == CLASS_WATCHPOINT;
}

static void print_abort(plain_sink *sink, uint64_t syndrome)
{
    const struct meaning *fault = find_meaning(faults, syndrome & ABORT_STATUS);

    plain_print(sink, ": %s", fault->text);
    if (fault->bits == 0x3c)
        plain_print(sink, ", level %u", (unsigned)(syndrome % 4));
    if (syndrome_kernel_class(syndrome) == CLASS_INSTRUCTION_ABORT)
        plain_text(sink, ", by a fetch");
    else if ((syndrome & ABORT_CACHE_OPERATION) != 0)
        plain_text(sink, ", by a cache operation");
    else
        plain_text(sink, (syndrome & ABORT_WRITE) != 0 ? ", by a write" : ", by a read");
}

void syndrome_print(plain_sink *sink, uint64_t syndrome)
{
    plain_text(sink, syndrome_class_name(syndrome));
    if (syndrome_class(syndrome) == CLASS_BRK)
        plain_print(sink, " %u", (unsigned)(syndrome & 0xffff));
    if (is_abort(syndrome))
        print_abort(sink, syndrome);
}

/*
 * Decodes the exception syndrome.
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

static const struct meaning classes[] = {
    {0x00, 0x3f, "undefined instruction"},
    {0x01, 0x3f, "trapped WFI or WFE"},
    {0x07, 0x3f, "floating-point or SIMD instruction"},
    {0x0d, 0x3f, "branch to an instruction that is no target"},
    {0x0e, 0x3f, "illegal execution state"},
    {0x15, 0x3f, "supervisor call"},
    {0x16, 0x3f, "hypervisor call"},
    {0x17, 0x3f, "secure monitor call"},
    {0x18, 0x3f, "trapped access to a system register"},
    {0x19, 0x3f, "SVE instruction"},
    {0x1c, 0x3f, "pointer authentication failure"},
    {CLASS_USER_INSTRUCTION_ABORT, 0x3f, "instruction abort in user mode"},
    {CLASS_INSTRUCTION_ABORT, 0x3f, "instruction abort"},
    {CLASS_PC_ALIGNMENT, 0x3f, "program counter misaligned"},
    {CLASS_USER_DATA_ABORT, 0x3f, "data abort in user mode"},
    {CLASS_DATA_ABORT, 0x3f, "data abort"},
    {0x26, 0x3f, "stack pointer misaligned"},
    {0x2f, 0x3f, "system error (SError)"},
    {0x30, 0x3f, "hardware breakpoint in user mode"},
    {CLASS_BREAKPOINT, 0x3f, "hardware breakpoint"},
    {0x32, 0x3f, "single step in user mode"},
    {CLASS_STEP, 0x3f, "single step"},
    {CLASS_USER_WATCHPOINT, 0x3f, "watchpoint in user mode"},
    {CLASS_WATCHPOINT, 0x3f, "watchpoint"},
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
    {0x11, 0x3f, "tag check fault"},
    {0x18, 0x3f, "parity or ECC error"},
    {0x21, 0x3f, "alignment fault"},
    {0x30, 0x3f, "TLB conflict"},
    {0x31, 0x3f, "unsupported atomic update of a table"},
    {0x34, 0x3f, "lockdown fault"},
    {0x35, 0x3f, "unsupported exclusive or atomic access"},
    {0x00, 0x00, "unknown fault"},
};

/* Bits of an abort's syndrome. */
enum abort_bits {
    ABORT_WRITE = 1 << 6,           /* WnR, of a data abort */
    ABORT_CACHE_OPERATION = 1 << 8, /* CM: then WnR is set, but nothing was written */
    ABORT_NO_ADDRESS = 1 << 10,     /* FnV */
};

/* The first meaning that fits; the last one of a list fits everything. */
static const struct meaning *find_meaning(const struct meaning *list, uint64_t value)
{
    while ((value & list->bits) != list->value)
        list++;
    return list;
}

static bool is_instruction_abort(uint64_t syndrome)
{
    enum syndrome_class class = syndrome_class(syndrome);

    return class == CLASS_INSTRUCTION_ABORT || class == CLASS_USER_INSTRUCTION_ABORT;
}

static bool is_abort(uint64_t syndrome)
{
    enum syndrome_class class = syndrome_class(syndrome);

    return is_instruction_abort(syndrome) || class == CLASS_DATA_ABORT ||
           class == CLASS_USER_DATA_ABORT;
}

const char *syndrome_class_name(uint64_t syndrome)
{
    return find_meaning(classes, syndrome_class(syndrome))->text;
}

bool syndrome_has_address(uint64_t syndrome)
{
    enum syndrome_class class = syndrome_class(syndrome);

    if (is_abort(syndrome))
        return (syndrome & ABORT_NO_ADDRESS) == 0;
    return class == CLASS_PC_ALIGNMENT || class == CLASS_WATCHPOINT ||
           class == CLASS_USER_WATCHPOINT;
}

static void print_fault(plain_sink *sink, uint64_t syndrome)
{
    const struct meaning *fault = find_meaning(faults, syndrome & 0x3f);

    plain_text(sink, ": ");
    plain_text(sink, fault->text);
    if (fault->bits == 0x3c) {
        plain_text(sink, ", level ");
        plain_decimal(sink, syndrome % 4);
    }
}

void syndrome_print(plain_sink *sink, uint64_t syndrome)
{
    plain_text(sink, syndrome_class_name(syndrome));
    if (syndrome_class(syndrome) == CLASS_BRK) {
        plain_text(sink, " ");
        plain_decimal(sink, syndrome & 0xffff);
    }
    if (!is_abort(syndrome))
        return;
    print_fault(sink, syndrome);
    if (is_instruction_abort(syndrome))
        plain_text(sink, ", by a fetch");
    else if ((syndrome & ABORT_CACHE_OPERATION) != 0)
        plain_text(sink, ", by a cache operation");
    else
        plain_text(sink, (syndrome & ABORT_WRITE) != 0 ? ", by a write" : ", by a read");
}

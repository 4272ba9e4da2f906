/*
 * Decodes the exception syndrome.
 *
 * Source: Arm DDI 0487, register ESR_EL1: the exception class in bits 26 to 31, what is specific to
 * the class in bits 0 to 24.
 */
#include "syndrome.h"

#include "lib/util.h"

/* The classes that are told apart here. */
enum exception_class {
    CLASS_USER_INSTRUCTION_ABORT = 0x20,
    CLASS_INSTRUCTION_ABORT = 0x21,
    CLASS_PC_ALIGNMENT = 0x22,
    CLASS_USER_DATA_ABORT = 0x24,
    CLASS_DATA_ABORT = 0x25,
    CLASS_USER_WATCHPOINT = 0x34,
    CLASS_WATCHPOINT = 0x35,
    CLASS_BRK = 0x3c,
};

static const char *const class_names[64] = {
    [0x00] = "undefined instruction",
    [0x01] = "trapped WFI or WFE",
    [0x07] = "floating-point or SIMD instruction",
    [0x0d] = "branch to an instruction that is no target",
    [0x0e] = "illegal execution state",
    [0x15] = "supervisor call",
    [0x16] = "hypervisor call",
    [0x17] = "secure monitor call",
    [0x18] = "trapped access to a system register",
    [0x19] = "SVE instruction",
    [0x1c] = "pointer authentication failure",
    [CLASS_USER_INSTRUCTION_ABORT] = "instruction abort in user mode",
    [CLASS_INSTRUCTION_ABORT] = "instruction abort",
    [CLASS_PC_ALIGNMENT] = "program counter misaligned",
    [CLASS_USER_DATA_ABORT] = "data abort in user mode",
    [CLASS_DATA_ABORT] = "data abort",
    [0x26] = "stack pointer misaligned",
    [0x2f] = "system error (SError)",
    [0x30] = "hardware breakpoint in user mode",
    [0x31] = "hardware breakpoint",
    [0x32] = "single step in user mode",
    [0x33] = "single step",
    [CLASS_USER_WATCHPOINT] = "watchpoint in user mode",
    [CLASS_WATCHPOINT] = "watchpoint",
    [CLASS_BRK] = "BRK instruction",
};

/* Fault status (bits 0 to 5 of an abort) that has the level of the walk in its lowest two bits. */
static const char *const level_faults[16] = {
    [0x00 / 4] = "address size fault",
    [0x04 / 4] = "translation fault",
    [0x08 / 4] = "access flag fault",
    [0x0c / 4] = "permission fault",
    [0x14 / 4] = "external abort on the table walk",
    [0x1c / 4] = "parity or ECC error on the table walk",
};

/* The others. */
static const char *const plain_faults[64] = {
    [0x10] = "external abort: nothing answers at that physical address",
    [0x11] = "tag check fault",
    [0x18] = "parity or ECC error",
    [0x21] = "alignment fault",
    [0x30] = "TLB conflict",
    [0x31] = "unsupported atomic update of a table",
    [0x34] = "lockdown fault",
    [0x35] = "unsupported exclusive or atomic access",
};

/* Bits of an abort's syndrome. */
enum abort_bits {
    ABORT_WRITE = 1 << 6,           /* WnR, of a data abort */
    ABORT_CACHE_OPERATION = 1 << 8, /* CM: then WnR is set, but nothing was written */
    ABORT_NO_ADDRESS = 1 << 10,     /* FnV */
};

static enum exception_class syndrome_class(uint64_t syndrome)
{
    return syndrome >> 26 & 0x3f;
}

static bool is_instruction_abort(uint64_t syndrome)
{
    enum exception_class class = syndrome_class(syndrome);

    return class == CLASS_INSTRUCTION_ABORT || class == CLASS_USER_INSTRUCTION_ABORT;
}

static bool is_abort(uint64_t syndrome)
{
    enum exception_class class = syndrome_class(syndrome);

    return is_instruction_abort(syndrome) || class == CLASS_DATA_ABORT ||
           class == CLASS_USER_DATA_ABORT;
}

const char *syndrome_class_name(uint64_t syndrome)
{
    const char *name = class_names[syndrome_class(syndrome)];

    return name != NULL ? name : "exception of an unknown class";
}

bool syndrome_is_data_abort(uint64_t syndrome)
{
    return syndrome_class(syndrome) == CLASS_DATA_ABORT;
}

bool syndrome_has_address(uint64_t syndrome)
{
    enum exception_class class = syndrome_class(syndrome);

    if (is_abort(syndrome))
        return (syndrome & ABORT_NO_ADDRESS) == 0;
    return class == CLASS_PC_ALIGNMENT || class == CLASS_WATCHPOINT ||
           class == CLASS_USER_WATCHPOINT;
}

static void print_fault_status(plain_sink *sink, unsigned status)
{
    if (level_faults[status / 4] != NULL) {
        plain_text(sink, level_faults[status / 4]);
        plain_text(sink, ", level ");
        plain_decimal(sink, status % 4);
        return;
    }
    plain_text(sink, plain_faults[status] != NULL ? plain_faults[status] : "unknown fault");
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
    plain_text(sink, ": ");
    print_fault_status(sink, syndrome & 0x3f);
    if (is_instruction_abort(syndrome))
        plain_text(sink, ", by a fetch");
    else if ((syndrome & ABORT_CACHE_OPERATION) != 0)
        plain_text(sink, ", by a cache operation");
    else
        plain_text(sink, (syndrome & ABORT_WRITE) != 0 ? ", by a write" : ", by a read");
}

/*
 * Decodes jumps and branches, lr and sc: see debug_next.h.
 *
 * Source: RISC-V Unprivileged ISA 20191213, sections 2.5 (jumps and branches), 8.2 and 8.3 (lr and
 * sc), 16.4 and 16.8 (compressed ones).
 */
#include "debug_next.h"

#include "arch/trap.h"
#include "trap/fixup.h"

REGISTER_TABLE_DECLARE(fixup, fixups);

/* The opcodes; a compressed one with its function. */
enum {
    BRANCH = 0x63,
    JUMP_REGISTER = 0x67,
    JUMP = 0x6f,
    SHORT_REGISTERS = 0x8002, /* c.jr and c.jalr, when the second register is 0 */
    SHORT_JUMP = 0xa001,
    SHORT_BRANCH_ZERO = 0xc001,
    SHORT_BRANCH_NOT_ZERO = 0xe001,
};

/* Of lr and sc: opcode and function. */
enum { ATOMIC_MASK = 0xf800007f, RESERVE = 0x1000002f, STORE_CONDITIONAL = 0x1800002f };

/* Where the bits of a distance stand in the code; the first is its sign. */
static const struct field {
    uint8_t from, count, to;
} branch[] = {{31, 1, 12}, {7, 1, 11}, {25, 6, 5}, {8, 4, 1}, {0, 0, 0}},
  jump_register[] = {{31, 1, 11}, {20, 11, 0}, {0, 0, 0}},
  jump[] = {{31, 1, 20}, {12, 8, 12}, {20, 1, 11}, {21, 10, 1}, {0, 0, 0}},
  short_jump[] = {{12, 1, 11}, {8, 1, 10}, {9, 2, 8}, {6, 1, 7}, {7, 1, 6},
                  {2, 1, 5},   {11, 1, 4}, {3, 3, 1}, {0, 0, 0}},
  short_branch[] = {{12, 1, 8}, {5, 2, 6}, {2, 1, 5}, {10, 2, 3}, {3, 2, 1}, {0, 0, 0}};

static uint64_t debug_bits(uint32_t code, unsigned from, unsigned count)
{
    return code >> from & ((UINT64_C(1) << count) - 1);
}

static uint64_t debug_distance(uint32_t code, const struct field *fields)
{
    uint64_t distance = -(debug_bits(code, fields->from, 1) << fields->to);

    while ((++fields)->count != 0)
        distance |= debug_bits(code, fields->from, fields->count) << fields->to;
    return distance;
}

static uint64_t debug_register(const struct trap_frame *frame, uint64_t number)
{
    return number == 0 ? 0 : frame->registers[number - 1];
}

static bool debug_is_taken(const struct trap_frame *frame, uint32_t code)
{
    enum { EQUAL = 0, LESS = 2 }; /* else: less, without signs; the bit below negates */
    uint64_t first = debug_register(frame, debug_bits(code, 15, 5));
    uint64_t second = debug_register(frame, debug_bits(code, 20, 5));
    uint64_t condition = debug_bits(code, 13, 2);
    bool holds = condition == EQUAL  ? first == second
                 : condition == LESS ? (int64_t)first < (int64_t)second
                                     : first < second;

    return holds != (debug_bits(code, 12, 1) != 0);
}

static uint32_t debug_operation(uint32_t code)
{
    return code & (debug_size(code) == 4 ? 0x7f : 0xe003);
}

/* The next instruction's address, without regard to faults. */
static uintptr_t debug_follow(const struct trap_frame *frame, uint32_t code)
{
    uintptr_t after = frame->pc + debug_size(code);
    uint64_t zero_or_not = debug_register(frame, 8 + debug_bits(code, 7, 3));

    switch (debug_operation(code)) {
    case JUMP:
        return frame->pc + debug_distance(code, jump);
    case JUMP_REGISTER:
        return (debug_register(frame, debug_bits(code, 15, 5)) +
                debug_distance(code, jump_register)) &
               ~UINT64_C(1);
    case BRANCH:
        return debug_is_taken(frame, code) ? frame->pc + debug_distance(code, branch) : after;
    case SHORT_JUMP:
        return frame->pc + debug_distance(code, short_jump);
    case SHORT_BRANCH_ZERO:
        return zero_or_not == 0 ? frame->pc + debug_distance(code, short_branch) : after;
    case SHORT_BRANCH_NOT_ZERO:
        return zero_or_not != 0 ? frame->pc + debug_distance(code, short_branch) : after;
    case SHORT_REGISTERS:
        return debug_bits(code, 2, 5) == 0 ? debug_register(frame, debug_bits(code, 7, 5)) : after;
    default:
        return after;
    }
}

/* Where a branch leads when it is taken; 0 for other instructions. */
static uintptr_t debug_branch(uintptr_t address, uint32_t code)
{
    switch (debug_operation(code)) {
    case BRANCH:
        return address + debug_distance(code, branch);
    case SHORT_BRANCH_ZERO:
    case SHORT_BRANCH_NOT_ZERO:
        return address + debug_distance(code, short_branch);
    default:
        return 0;
    }
}

/* Where the sequence that lr begins is left: behind its sc, or by branches. 0 if it has no end. */
static size_t debug_leave_sequence(uintptr_t address, uintptr_t *next)
{
    enum { INSTRUCTIONS_MAX = 16 }; /* section 8.3 */
    size_t count = 0;

    for (unsigned i = 0; i < INSTRUCTIONS_MAX && count < DEBUG_NEXT_MAX - 1; i++) {
        uint32_t code = debug_code(address);
        uintptr_t target = debug_branch(address, code);
        address += debug_size(code);
        if (target != 0)
            next[count++] = target;
        if ((code & ATOMIC_MASK) != STORE_CONDITIONAL)
            continue;
        size_t kept = 0;
        for (size_t n = 0; n < count; n++) {
            if (next[n] >= address) /* else it stays within */
                next[kept++] = next[n];
        }
        next[kept++] = address;
        return kept;
    }
    return 0;
}

size_t debug_next(const struct trap_frame *frame, uintptr_t next[DEBUG_NEXT_MAX])
{
    uint32_t code = debug_code(frame->pc);
    size_t count = 0;

    if ((code & ATOMIC_MASK) == RESERVE)
        count = debug_leave_sequence(frame->pc, next);
    if (count == 0)
        next[count++] = debug_follow(frame, code);
    REGISTER_TABLE_FOR_EACH (fixup, entry, fixups) {
        if (frame->pc - entry->begin < entry->end - entry->begin && count < DEBUG_NEXT_MAX)
            next[count++] = entry->resume;
    }
    return count;
}

/*
 * Decodes jumps and branches: see debug_next.h.
 *
 * Source: RISC-V Unprivileged ISA 20191213, sections 2.5 (jumps and branches), 16.4 and 16.8
 * (compressed ones).
 */
#include "debug_next.h"

#include "arch/debug.h"
#include "arch/trap.h"

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

uintptr_t debug_next(const struct trap_frame *frame)
{
    const uint16_t *halves = (const uint16_t *)frame->pc;
    unsigned size = debug_instruction_size(frame->pc);
    uint32_t code = halves[0] | (size == 4 ? (uint32_t)halves[1] << 16 : 0);
    uint64_t zero_or_not = debug_register(frame, 8 + debug_bits(code, 7, 3));

    switch (code & (size == 4 ? 0x7f : 0xe003)) {
    case JUMP:
        return frame->pc + debug_distance(code, jump);
    case JUMP_REGISTER:
        return (debug_register(frame, debug_bits(code, 15, 5)) +
                debug_distance(code, jump_register)) &
               ~UINT64_C(1);
    case BRANCH:
        return frame->pc + (debug_is_taken(frame, code) ? debug_distance(code, branch) : size);
    case SHORT_JUMP:
        return frame->pc + debug_distance(code, short_jump);
    case SHORT_BRANCH_ZERO:
        return frame->pc + (zero_or_not == 0 ? debug_distance(code, short_branch) : size);
    case SHORT_BRANCH_NOT_ZERO:
        return frame->pc + (zero_or_not != 0 ? debug_distance(code, short_branch) : size);
    case SHORT_REGISTERS:
        if (debug_bits(code, 2, 5) == 0)
            return debug_register(frame, debug_bits(code, 7, 5));
        return frame->pc + size;
    default:
        return frame->pc + size;
    }
}

/**
 * @file
 * Chips at which lines end, made of memory, for the probe lines.run. Private to the probes.
 *
 * A register that nobody has written holds a pattern that its offset and a seed decide: so every
 * bit that a solution should leave alone has something to lose. Writes have the effect that the
 * manuals name, and all accesses are recorded in their order.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "interrupt/lines.h"

enum simulated_lines_kind {
    SIMULATED_IO_APIC,
    SIMULATED_GIC,
    SIMULATED_PLIC,
    SIMULATED_LINES_KINDS
};

enum {
    SIMULATED_LINES_CELLS = 1024,
    SIMULATED_LINES_RECORDS = 2048,
    SIMULATED_LINES_NOWHERE = 0x3fffffff,
};

/*
 * A record of the log: bits 0-31 the value, 32-61 the offset, or SIMULATED_LINES_NOWHERE for
 * those that are larger, 62 a write;
 * bit 63: no access, but the start of the call number bits 0-31.
 */
#define SIMULATED_LINES_OFFSET_SHIFT 32
#define SIMULATED_LINES_WRITE        (UINT64_C(1) << 62)
#define SIMULATED_LINES_CALL         (UINT64_C(1) << 63)

/** The one simulated chip. */
struct simulated_lines {
    enum simulated_lines_kind kind;
    uint32_t seed;
    uint32_t select;     /**< I/O APIC: which register is in the window. */
    unsigned busy_polls; /**< GIC: so many reads of the control register find it at work. */
    size_t cell_count;   /**< Registers that have been written. */
    size_t record_count; /**< Records that would be there, had they all fitted. */
    bool out_of_cells;   /**< More registers were written than there are cells. */
    struct {
        uint32_t offset;
        uint32_t value;
    } cells[SIMULATED_LINES_CELLS];
    uint64_t records[SIMULATED_LINES_RECORDS];
};

extern struct simulated_lines simulated_lines;

/** Reaches the simulated chip's registers. */
extern const struct line_access simulated_lines_access;

/** Makes the chip new: every register holds its pattern. */
void simulated_lines_reset(enum simulated_lines_kind kind, uint32_t seed);

/** Sets what a register holds, without a record; an I/O APIC's by its index. */
void simulated_lines_preset(uint32_t offset, uint32_t value);

/** Appends to the log. */
void simulated_lines_record(uint64_t record);

/*
 * The simulated chips' registers. Sources: Intel 82093AA data sheet, section 3; Arm IHI 0069,
 * section 12.9; RISC-V PLIC 1.0.0, chapter 3.
 */
#include "probe/simulated_lines.h"

#include "lib/string.h"

struct simulated_lines simulated_lines;

/* I/O APIC: two registers; of an entry's lower word, two bits say how an interrupt is doing. */
enum { IO_APIC_SELECT = 0x00, IO_APIC_WINDOW = 0x10, IO_APIC_ENTRIES = 0x10, IO_APIC_INDEX = 0xff };
#define IO_APIC_READ_ONLY UINT32_C(0x00005000)

/* GIC: pairs of arrays of 0x80 bytes that set and clear the same bits; and the control register. */
enum { GIC_CONTROL = 0x000, GIC_SETS = 0x100, GIC_PAIRS_END = 0x400, GIC_PAIR_BYTES = 0x100 };
enum { GIC_CLEAR = 0x80, GIC_CONFIGURATION = 0xc00, GIC_CONFIGURATION_END = 0xd00 };
enum { GIC_CONTROL_VALUE = 0x12, GIC_BUSY_POLLS = 3 };
#define GIC_WRITE_PENDING        (UINT32_C(1) << 31)
#define GIC_CONFIGURATION_IN_USE UINT32_C(0xaaaaaaaa)

/* PLIC: what waits can only be read. */
enum { PLIC_PENDING = 0x1000, PLIC_PENDING_END = 0x1080 };

/* A good mixing of 32 bits: multiplications by odd numbers, and shifts. */
static uint32_t pattern(uint32_t offset)
{
    uint32_t value = (offset + 1) * UINT32_C(0x9e3779b1) ^ simulated_lines.seed;

    value = (value ^ value >> 15) * UINT32_C(0x85ebca6b);
    value = (value ^ value >> 13) * UINT32_C(0xc2b2ae35);
    return value ^ value >> 16;
}

static uint32_t held(uint32_t offset)
{
    for (size_t i = 0; i < simulated_lines.cell_count; i++) {
        if (simulated_lines.cells[i].offset == offset)
            return simulated_lines.cells[i].value;
    }
    return pattern(offset);
}

void simulated_lines_preset(uint32_t offset, uint32_t value)
{
    size_t i = 0;

    while (i < simulated_lines.cell_count && simulated_lines.cells[i].offset != offset)
        i++;
    if (i == SIMULATED_LINES_CELLS) {
        simulated_lines.out_of_cells = true;
        return;
    }
    if (i == simulated_lines.cell_count)
        simulated_lines.cell_count++;
    simulated_lines.cells[i].offset = offset;
    simulated_lines.cells[i].value = value;
}

static uint32_t read_io_apic(uint32_t offset)
{
    if (offset == IO_APIC_SELECT)
        return simulated_lines.select;
    return offset == IO_APIC_WINDOW ? held(simulated_lines.select & IO_APIC_INDEX) : UINT32_MAX;
}

static void write_io_apic(uint32_t offset, uint32_t value)
{
    uint32_t index = simulated_lines.select & IO_APIC_INDEX;

    if (offset == IO_APIC_SELECT)
        simulated_lines.select = value;
    if (offset != IO_APIC_WINDOW)
        return;
    if (index >= IO_APIC_ENTRIES && index % 2 == 0)
        value = (value & ~IO_APIC_READ_ONLY) | (held(index) & IO_APIC_READ_ONLY);
    simulated_lines_preset(index, value);
}

static bool is_gic_pair(uint32_t offset)
{
    return offset >= GIC_SETS && offset < GIC_PAIRS_END;
}

static uint32_t read_gic(uint32_t offset)
{
    if (offset == GIC_CONTROL) {
        bool busy = simulated_lines.busy_polls > 0;
        simulated_lines.busy_polls -= busy;
        return GIC_CONTROL_VALUE | (busy ? GIC_WRITE_PENDING : 0);
    }
    if (offset >= GIC_CONFIGURATION && offset < GIC_CONFIGURATION_END)
        return held(offset) & GIC_CONFIGURATION_IN_USE;
    return held(is_gic_pair(offset) ? offset & ~(uint32_t)GIC_CLEAR : offset);
}

static void write_gic(uint32_t offset, uint32_t value)
{
    if (!is_gic_pair(offset)) {
        simulated_lines_preset(offset, value);
        return;
    }
    uint32_t set = offset & ~(uint32_t)GIC_CLEAR;
    if (offset != set)
        simulated_lines.busy_polls = GIC_BUSY_POLLS;
    simulated_lines_preset(set, offset == set ? held(set) | value : held(set) & ~value);
}

static void write_plic(uint32_t offset, uint32_t value)
{
    if (offset < PLIC_PENDING || offset >= PLIC_PENDING_END)
        simulated_lines_preset(offset, value);
}

void simulated_lines_record(uint64_t record)
{
    if (simulated_lines.record_count < SIMULATED_LINES_RECORDS)
        simulated_lines.records[simulated_lines.record_count] = record;
    simulated_lines.record_count++;
}

/* What the log tells of an access. */
static uint64_t told(uint32_t offset, uint32_t value)
{
    uint64_t place = offset < SIMULATED_LINES_NOWHERE ? offset : SIMULATED_LINES_NOWHERE;

    return place << SIMULATED_LINES_OFFSET_SHIFT | value;
}

static uint32_t simulated_read(const struct line_chip *chip, uint32_t offset)
{
    uint32_t value;

    (void)chip;
    switch (simulated_lines.kind) {
    case SIMULATED_IO_APIC:
        value = read_io_apic(offset);
        break;
    case SIMULATED_GIC:
        value = read_gic(offset);
        break;
    default:
        value = held(offset);
        break;
    }
    simulated_lines_record(told(offset, value));
    return value;
}

static void simulated_write(const struct line_chip *chip, uint32_t offset, uint32_t value)
{
    (void)chip;
    simulated_lines_record(SIMULATED_LINES_WRITE | told(offset, value));
    switch (simulated_lines.kind) {
    case SIMULATED_IO_APIC:
        write_io_apic(offset, value);
        break;
    case SIMULATED_GIC:
        write_gic(offset, value);
        break;
    default:
        write_plic(offset, value);
        break;
    }
}

const struct line_access simulated_lines_access = {.read = simulated_read,
                                                   .write = simulated_write};

void simulated_lines_reset(enum simulated_lines_kind kind, uint32_t seed)
{
    memset(&simulated_lines, 0, sizeof(simulated_lines));
    simulated_lines.kind = kind;
    simulated_lines.seed = seed;
    simulated_lines.select = pattern(0);
}

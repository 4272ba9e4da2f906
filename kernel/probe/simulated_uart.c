/*
 * The simulated UART's registers. Sources: National Semiconductor PC16550D data sheet (June 1995),
 * section 8; ARM PrimeCell UART (PL011) Technical Reference Manual r1p5, chapter 3.
 */
#include "probe/simulated_uart.h"

#include "console/ns16550.h"
#include "lib/string.h"

struct simulated_uart simulated_uart;

/* PL011 registers by number, and bits; the simulation doesn't use the driver's own header. */
enum { SIM_PL011_DATA = 0, SIM_PL011_RECEIVE_STATUS = 1, SIM_PL011_FLAGS = 6 };
enum { SIM_PL011_BUSY = 0x08, SIM_PL011_RECEIVE_EMPTY = 0x10, SIM_PL011_SEND_FULL = 0x20 };

/* More bits of the 16550's line status. */
enum {
    SIM_16550_OVERRUN = 0x02,
    SIM_16550_PARITY = 0x04,
    SIM_16550_FRAMING = 0x08,
    SIM_16550_BREAK = 0x10,
    SIM_16550_IDLE = 0x40,
    SIM_16550_ERROR_IN_FIFO = 0x80,
};

/* What a read of a data register gives when nothing has arrived. */
enum { STALE_BYTE = 0x5a };

static bool has_byte(void)
{
    return simulated_uart.received_taken < simulated_uart.received_count;
}

static uint16_t take_byte(void)
{
    simulated_uart.damage_seen = false;
    return has_byte() ? simulated_uart.received[simulated_uart.received_taken++] : STALE_BYTE;
}

/* Whether something lasts at this poll. */
static bool poll_lasts(uint64_t *polls)
{
    if (*polls == 0)
        return false;
    (*polls)--;
    return true;
}

/* The error bits are those of the oldest byte, and reading them clears them. */
static uint32_t line_status(void)
{
    uint32_t status = poll_lasts(&simulated_uart.full_polls) ? 0 : NS16550_STATUS_SEND_EMPTY;

    status |= poll_lasts(&simulated_uart.busy_polls) ? 0 : SIM_16550_IDLE;

    for (size_t i = simulated_uart.received_taken; i < simulated_uart.received_count; i++) {
        if ((simulated_uart.received[i] & SIMULATED_DAMAGE) != 0)
            status |= SIM_16550_ERROR_IN_FIFO;
    }
    if (!has_byte())
        return status;
    status |= NS16550_STATUS_DATA_READY;
    if (!simulated_uart.damage_seen) {
        uint16_t damage = simulated_uart.received[simulated_uart.received_taken];
        status |= (damage & SIMULATED_FRAMING) != 0 ? SIM_16550_FRAMING : 0;
        status |= (damage & SIMULATED_PARITY) != 0 ? SIM_16550_PARITY : 0;
        status |= (damage & SIMULATED_BREAK) != 0 ? SIM_16550_BREAK : 0;
        status |= (damage & SIMULATED_OVERRUN) != 0 ? SIM_16550_OVERRUN : 0;
        simulated_uart.damage_seen = true;
    }
    return status;
}

static uint32_t read_16550(unsigned index)
{
    bool latch_open =
        (simulated_uart.registers[NS16550_LINE_CONTROL] & NS16550_LINE_DIVISOR_LATCH) != 0;

    if (index == NS16550_DATA && !latch_open)
        return take_byte() & 0xff;
    if (index == NS16550_LINE_STATUS)
        return line_status();
    return simulated_uart.registers[index] & 0xff;
}

static uint32_t read_pl011(unsigned index)
{
    if (index == SIM_PL011_DATA) {
        uint16_t byte = take_byte();
        simulated_uart.last_damage = byte & SIMULATED_DAMAGE;
        return byte;
    }
    if (index == SIM_PL011_RECEIVE_STATUS)
        return simulated_uart.last_damage >> 8;
    if (index == SIM_PL011_FLAGS)
        return (poll_lasts(&simulated_uart.busy_polls) ? SIM_PL011_BUSY : 0) |
               (poll_lasts(&simulated_uart.full_polls) ? SIM_PL011_SEND_FULL : 0) |
               (has_byte() ? 0 : SIM_PL011_RECEIVE_EMPTY);
    return simulated_uart.registers[index];
}

/* The number of the register at address, or SIMULATED_NO_REGISTER. */
static unsigned register_at(uintptr_t address)
{
    uintptr_t offset = address - simulated_uart.base;
    uintptr_t index = offset / simulated_uart.stride;

    if (offset % simulated_uart.stride != 0 || index >= SIMULATED_REGISTERS)
        return SIMULATED_NO_REGISTER;
    return (unsigned)index;
}

void simulated_uart_record(uint64_t access)
{
    size_t count = simulated_uart.record_count;

    if (count > 0 && count <= SIMULATED_RECORDS_MAX &&
        simulated_uart.records[count - 1][0] == access) {
        simulated_uart.records[count - 1][1]++;
        return;
    }
    if (count < SIMULATED_RECORDS_MAX) {
        simulated_uart.records[count][0] = access;
        simulated_uart.records[count][1] = 1;
    }
    simulated_uart.record_count++;
}

static uint64_t access_record(unsigned index)
{
    return (uint64_t)index << SIMULATED_REGISTER_SHIFT |
           (simulated_uart.full_polls == 0 ? SIMULATED_HAD_ROOM : 0) |
           (has_byte() ? SIMULATED_HAD_BYTE : 0);
}

static uint32_t simulated_read(uintptr_t address)
{
    unsigned index = register_at(address);
    uint64_t record = access_record(index);
    uint32_t value = UINT32_MAX;

    if (index != SIMULATED_NO_REGISTER)
        value = simulated_uart.kind == BOOT_CONSOLE_PL011 ? read_pl011(index) : read_16550(index);
    simulated_uart_record(record | value);
    return value;
}

static void simulated_write(uintptr_t address, uint32_t value)
{
    unsigned index = register_at(address);

    simulated_uart_record(access_record(index) | SIMULATED_WRITE | value);
    if (index != SIMULATED_NO_REGISTER)
        simulated_uart.registers[index] = value;
}

const struct uart_access simulated_uart_access = {.read = simulated_read, .write = simulated_write};

void simulated_uart_reset(enum boot_console_kind kind, uintptr_t base, unsigned stride)
{
    memset(&simulated_uart, 0, sizeof(simulated_uart));
    simulated_uart.kind = kind;
    simulated_uart.base = base;
    simulated_uart.stride = stride;
}

bool simulated_uart_arrive(uint16_t byte)
{
    if (simulated_uart.received_count == SIMULATED_RECEIVED_MAX)
        return false;
    simulated_uart.received[simulated_uart.received_count++] = byte;
    return true;
}

/**
 * @file
 * A UART made of memory, for the probe uart.run. Private to the probes.
 *
 * It behaves as the data sheets say where a driver can notice: the transmitter is full for a given
 * number of polls, received bytes wait with their errors, and reading some registers changes what
 * is read next. Every access is recorded in order.
 */
#pragma once

#include "console/console.h"

enum {
    SIMULATED_REGISTERS = 32,
    SIMULATED_RECEIVED_MAX = 256,
    SIMULATED_RECORDS_MAX = 1024,
    SIMULATED_NO_REGISTER = 0xff, /**< The index of an access that hits no register. */
};

/** How a received byte is damaged: the order of the PL011's data register, bits 8 to 11. */
enum simulated_damage {
    SIMULATED_FRAMING = 0x100,
    SIMULATED_PARITY = 0x200,
    SIMULATED_BREAK = 0x400,
    SIMULATED_OVERRUN = 0x800,
    SIMULATED_DAMAGE = 0xf00,
};

/*
 * A record of the log: equal accesses in a row are one record with a count.
 *   bits 0-31 value, 32-39 register, 40 a write, 41 the transmitter had room,
 *   42 a byte had arrived; bit 63: no access, but the start of step number bits 0-31
 */
#define SIMULATED_REGISTER_SHIFT 32
#define SIMULATED_WRITE          (UINT64_C(1) << 40)
#define SIMULATED_HAD_ROOM       (UINT64_C(1) << 41)
#define SIMULATED_HAD_BYTE       (UINT64_C(1) << 42)
#define SIMULATED_STEP           (UINT64_C(1) << 63)

/** The one simulated UART. */
struct simulated_uart {
    enum boot_console_kind kind;
    uintptr_t base;
    unsigned stride;
    uint64_t full_polls; /**< So many polls from now find the transmitter full. */
    uint64_t busy_polls; /**< So many find it at work on the last byte, though it may have room. */
    uint32_t registers[SIMULATED_REGISTERS];
    uint16_t received[SIMULATED_RECEIVED_MAX]; /**< A byte and its damage. */
    size_t received_count;
    size_t received_taken;
    bool damage_seen;     /**< 16550: a read of the line status cleared the errors shown. */
    uint16_t last_damage; /**< PL011: of the byte read last. */
    size_t record_count;  /**< Records that would be there, had they all fitted. */
    uint64_t records[SIMULATED_RECORDS_MAX][2]; /**< Access and count. */
};

extern struct simulated_uart simulated_uart;

/** Reaches the simulated UART's registers. */
extern const struct uart_access simulated_uart_access;

/** Makes the UART new, as firmware may have left one. */
void simulated_uart_reset(enum boot_console_kind kind, uintptr_t base, unsigned stride);

/** Lets a byte arrive. @param byte with its damage. @return false when no more fit */
bool simulated_uart_arrive(uint16_t byte);

/** Appends to the log. */
void simulated_uart_record(uint64_t access);

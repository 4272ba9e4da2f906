/**
 * @file
 * @defgroup console Console
 * The serial line that a person reads and types on.
 *
 * A console driver (ns16550.c, pl011.c) sends and receives single bytes through a `struct uart`;
 * the console finds the device that boot_info names, picks its driver from the table
 * `console_drivers`, and offers lines of text to the log and the monitor.
 * @{
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "boot/boot.h"

/**
 * How a UART's registers are reached. Drivers use uart_read() and uart_write() only, so that they
 * don't know whether the registers are ports or memory.
 */
struct uart_access {
    uint32_t (*read)(uintptr_t address);
    void (*write)(uintptr_t address, uint32_t value);
};

/** One serial port. */
struct uart {
    const struct uart_access *access;
    uintptr_t base;    /**< First register: a port number, or a mapped virtual address. */
    unsigned stride;   /**< Bytes from one register to the next; registers are numbered 0, 1, … */
    uint32_t clock_hz; /**< Input clock; 0 when unknown: leave the speed as the firmware set it. */
    uint32_t baud;     /**< Wanted speed in bits a second, 1 to 4,000,000. */
};

/** Reads register number @p index of @p uart. */
static inline uint32_t uart_read(const struct uart *uart, unsigned index)
{
    return uart->access->read(uart->base + (uintptr_t)index * uart->stride);
}

/** Writes register number @p index of @p uart. */
static inline void uart_write(const struct uart *uart, unsigned index, uint32_t value)
{
    uart->access->write(uart->base + (uintptr_t)index * uart->stride, value);
}

/** How often a driver asks a transmitter that stays busy before it gives the byte up. */
#define UART_PATIENCE 100000

/**
 * What a driver offers. *Exercise 1.1*: the three functions of your machine's driver,
 * ns16550.c on x86-64 and RISC-V, pl011.c on AArch64. The console's lock is held around each call.
 */
struct console_driver {
    const char *name;
    /** Programs 8 data bits, no parity, 1 stop bit, FIFOs on, no interrupts, and the speed. */
    void (*start)(struct uart *uart);
    /**
     * Sends one byte when the transmitter has room for it.
     * @return OK, or ERROR_TIMED_OUT when UART_PATIENCE polls found no room; then nothing was sent
     */
    int (*send)(struct uart *uart, uint8_t byte);
    /**
     * Takes one received byte, without waiting.
     * @return the byte, 0 to 255; ERROR_WOULD_BLOCK when none has arrived; ERROR_DEVICE when the
     *         one that arrived is damaged (overrun, parity, framing, break): it has been taken off
     *         and dropped
     */
    int (*receive)(struct uart *uart);
};

/** The drivers by their kind. */
extern const struct console_driver console_drivers[BOOT_CONSOLE_KINDS];

/** Describes the port that the firmware told of. @return OK, or ERROR_NO_MEMORY */
int uart_describe(const struct boot_console *told, struct uart *uart);

/** Writes @p size bytes; a newline becomes CR LF. Without a console, does nothing. */
void console_write(const char *text, size_t size);

/** Formats and writes up to LOG_LINE_MAX bytes at once; longer text is cut. */
void console_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** The next byte typed, or ERROR_WOULD_BLOCK; damaged bytes are skipped. Never waits. */
int console_read(void);

/**
 * Takes the console away from the code that was interrupted, which may be using it, and gives it
 * back: `bool held = console_seize(false); … (void)console_seize(held);` A line may be torn.
 * @param held whether the console's lock is held from now on
 * @return whether it was
 * Context: a trap that stops the kernel, interrupts off.
 */
bool console_seize(bool held);

/** The console's serial port, or NULL as long as none has been found and started. */
const struct uart *console_port(void);

/**
 * Waits a while for a byte to read; may return without one. Weak: returns at once, so that the
 * caller polls; who can sleep until one comes replaces it. Context: not from a handler.
 */
void console_wait(void);

/** @} */

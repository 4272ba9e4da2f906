/**
 * @file
 * The 16550 UART: its registers, and the three functions of its driver (exercise 1.1 on x86-64 and
 * RISC-V; the contract is struct console_driver in console.h).
 *
 * Source: National Semiconductor PC16550D data sheet (June 1995), section 8, "Registers".
 *
 * @addtogroup console
 * @{
 */
#pragma once

#include "console/console.h"

/** Registers by number; the first two have another meaning while the divisor latch is open. */
enum ns16550_register {
    NS16550_DATA = 0,             /**< Read: the receiver's FIFO; write: the transmitter's. */
    NS16550_INTERRUPT_ENABLE = 1, /**< 0: no interrupts. */
    NS16550_FIFO_CONTROL = 2,     /**< Write only. */
    NS16550_LINE_CONTROL = 3,
    NS16550_MODEM_CONTROL = 4,
    NS16550_LINE_STATUS = 5,

    NS16550_DIVISOR_LOW = 0, /**< While NS16550_LINE_DIVISOR_LATCH is set. */
    NS16550_DIVISOR_HIGH = 1,
};

enum ns16550_bits {
    NS16550_INTERRUPT_RECEIVED = 0x01, /**< A byte has come. */

    NS16550_FIFO_ENABLE = 0x01,
    NS16550_FIFO_CLEAR_RECEIVER = 0x02,
    NS16550_FIFO_CLEAR_TRANSMITTER = 0x04,

    NS16550_LINE_8N1 = 0x03, /**< 8 data bits, no parity, 1 stop bit. */
    NS16550_LINE_DIVISOR_LATCH = 0x80,

    NS16550_MODEM_DTR = 0x01,
    NS16550_MODEM_RTS = 0x02,
    NS16550_MODEM_OUT2 = 0x08, /**< Lets the interrupt line through on PCs. */

    NS16550_STATUS_DATA_READY = 0x01,
    NS16550_STATUS_ERRORS = 0x1e,     /**< Overrun, parity, framing, break. */
    NS16550_STATUS_SEND_EMPTY = 0x20, /**< The transmitter takes a byte. */
};

/**
 * Programs the UART as struct console_driver says. The divisor is clock / (16 * baud), rounded to
 * the nearest and kept within 1 to 65,535; with clock 0 it is left alone.
 */
void ns16550_start(struct uart *uart);

/** Sends one byte; see struct console_driver. */
int ns16550_send(struct uart *uart, uint8_t byte);

/** Takes one received byte; see struct console_driver. */
int ns16550_receive(struct uart *uart);

/** @} */

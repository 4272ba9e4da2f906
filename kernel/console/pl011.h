/**
 * @file
 * The PL011 UART: its registers, and the three functions of its driver (exercise 1.1 on AArch64;
 * the contract is struct console_driver in console.h).
 *
 * Source: Arm PrimeCell UART (PL011) Technical Reference Manual, DDI 0183G, chapter 3.
 *
 * @addtogroup console
 * @{
 */
#pragma once

#include "console/console.h"

/** Registers by number: the manual's offset divided by 4. */
enum pl011_register {
    PL011_DATA = 0x00 / 4,            /**< UARTDR: a byte, and when read its errors above it. */
    PL011_FLAGS = 0x18 / 4,           /**< UARTFR */
    PL011_BAUD_INTEGER = 0x24 / 4,    /**< UARTIBRD */
    PL011_BAUD_FRACTION = 0x28 / 4,   /**< UARTFBRD */
    PL011_LINE_CONTROL = 0x2c / 4,    /**< UARTLCR_H; a write to it latches both baud registers. */
    PL011_CONTROL = 0x30 / 4,         /**< UARTCR */
    PL011_INTERRUPT_MASK = 0x38 / 4,  /**< UARTIMSC; 0: no interrupts. */
    PL011_INTERRUPT_CLEAR = 0x44 / 4, /**< UARTICR; each bit written as 1 is cleared. */
};

enum pl011_bits {
    PL011_DATA_ERRORS = 0xf00, /**< Framing, parity, break, overrun. */

    PL011_FLAG_BUSY = 0x08, /**< Still sending. */
    PL011_FLAG_RECEIVE_EMPTY = 0x10,
    PL011_FLAG_SEND_FULL = 0x20,

    PL011_LINE_FIFO_ENABLE = 0x10,
    PL011_LINE_8_BITS = 0x60, /**< With parity and second stop bit off by leaving their bits 0. */

    PL011_CONTROL_ENABLE = 0x001,
    PL011_CONTROL_SEND = 0x100,
    PL011_CONTROL_RECEIVE = 0x200,
    PL011_CONTROL_DTR = 0x400,
    PL011_CONTROL_RTS = 0x800,

    PL011_INTERRUPT_RECEIVED = 0x010,        /**< The receiver's FIFO is half full. */
    PL011_INTERRUPT_RECEIVE_TIMEOUT = 0x040, /**< It has a byte, and no more came. */
    PL011_INTERRUPTS_ALL = 0x7ff,
};

/**
 * Programs the UART as struct console_driver says. The manual (3.3.8) wants it disabled and what it
 * still sends finished (asked at most UART_PATIENCE times) before its settings change. The divisor,
 * in 64ths, is clock * 4 / baud, rounded to the nearest and kept within 64 to 65,535 * 64; with
 * clock 0 it is left alone.
 */
void pl011_start(struct uart *uart);

/** Sends one byte; see struct console_driver. */
int pl011_send(struct uart *uart, uint8_t byte);

/** Takes one received byte; see struct console_driver. */
int pl011_receive(struct uart *uart);

/** @} */

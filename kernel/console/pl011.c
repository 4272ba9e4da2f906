/*
 * Exercise 1.1 on AArch64: the PL011 UART. The contract is in pl011.h.
 */
#include "console/pl011.h"

#include "cairn/error.h"
#include "plain/plain.h"

//@exercise 1.1 Send and receive over a UART
/* The divisor in 64ths counts the clock down to 16 samples a bit. */
static uint32_t baud_divisor(const struct uart *uart)
{
    enum { LEAST = 64, MOST = 0xffff * 64 };
    uint64_t divisor = (4 * (uint64_t)uart->clock_hz + uart->baud / 2) / uart->baud;

    if (divisor < LEAST)
        return LEAST;
    return divisor <= MOST ? (uint32_t)divisor : MOST;
}

INIT_TEXT void pl011_start(struct uart *uart)
{
    uart_write(uart, PL011_CONTROL, 0);
    for (unsigned poll = 0; poll < UART_PATIENCE; poll++) {
        if ((uart_read(uart, PL011_FLAGS) & PL011_FLAG_BUSY) == 0)
            break;
    }
    /* FIFOs off empties them. */
    uart_write(uart, PL011_LINE_CONTROL, 0);
    uart_write(uart, PL011_INTERRUPT_MASK, 0);
    uart_write(uart, PL011_INTERRUPT_CLEAR, PL011_INTERRUPTS_ALL);
    if (uart->clock_hz != 0) {
        uint32_t divisor = baud_divisor(uart);
        uart_write(uart, PL011_BAUD_INTEGER, divisor / 64);
        uart_write(uart, PL011_BAUD_FRACTION, divisor % 64);
    }
    uart_write(uart, PL011_LINE_CONTROL, PL011_LINE_8_BITS | PL011_LINE_FIFO_ENABLE);
    uart_write(uart, PL011_CONTROL,
               PL011_CONTROL_ENABLE | PL011_CONTROL_SEND | PL011_CONTROL_RECEIVE |
                   PL011_CONTROL_DTR | PL011_CONTROL_RTS);
}

int pl011_send(struct uart *uart, uint8_t byte)
{
    for (unsigned poll = 0; poll < UART_PATIENCE; poll++) {
        if ((uart_read(uart, PL011_FLAGS) & PL011_FLAG_SEND_FULL) == 0) {
            uart_write(uart, PL011_DATA, byte);
            return OK;
        }
    }
    return ERROR_TIMED_OUT;
}

int pl011_receive(struct uart *uart)
{
    if ((uart_read(uart, PL011_FLAGS) & PL011_FLAG_RECEIVE_EMPTY) != 0)
        return ERROR_WOULD_BLOCK;
    uint32_t data = uart_read(uart, PL011_DATA);
    return (data & PL011_DATA_ERRORS) != 0 ? ERROR_DEVICE : (int)(data & 0xff);
}
//@stub
// void pl011_start(struct uart *uart)
// {
//     (void)uart;
//     todo("1.1");
// }
//
// int pl011_send(struct uart *uart, uint8_t byte)
// {
//     (void)uart;
//     (void)byte;
//     todo("1.1");
//     return ERROR_TIMED_OUT;
// }
//
// int pl011_receive(struct uart *uart)
// {
//     (void)uart;
//     todo("1.1");
//     return ERROR_WOULD_BLOCK;
// }
//@end

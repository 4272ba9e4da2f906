/*
 * Exercise 1.1 on AArch64, another way: one function waits for a flag, whichever it is.
 */
#include "console/pl011.h"

#include "cairn/error.h"

/* Asks up to UART_PATIENCE times. Whether the flag was found clear. */
static bool becomes_clear(struct uart *uart, uint32_t flag)
{
    unsigned asked = 0;

    do {
        if (!(uart_read(uart, PL011_FLAGS) & flag))
            return true;
    } while (++asked < UART_PATIENCE);
    return false;
}

static void set_speed(struct uart *uart)
{
    uint64_t clock = (uint64_t)uart->clock_hz * 4;
    uint64_t sixty_fourths = clock / uart->baud;

    if (clock % uart->baud * 2 >= uart->baud)
        sixty_fourths++;
    uint32_t whole = sixty_fourths >> 6 > 0xffff ? 0xffff : (uint32_t)(sixty_fourths >> 6);
    uint32_t part = sixty_fourths & 63;
    if (whole == 0) {
        whole = 1;
        part = 0;
    } else if (whole == 0xffff) {
        part = 0;
    }
    uart_write(uart, PL011_BAUD_FRACTION, part);
    uart_write(uart, PL011_BAUD_INTEGER, whole);
}

void pl011_start(struct uart *uart)
{
    const uint32_t running = PL011_CONTROL_ENABLE | PL011_CONTROL_SEND | PL011_CONTROL_RECEIVE |
                             PL011_CONTROL_DTR | PL011_CONTROL_RTS;

    uart_write(uart, PL011_CONTROL, 0);
    (void)becomes_clear(uart, PL011_FLAG_BUSY);
    uart_write(uart, PL011_LINE_CONTROL, 0);
    if (uart->clock_hz != 0)
        set_speed(uart);
    uart_write(uart, PL011_LINE_CONTROL, PL011_LINE_8_BITS | PL011_LINE_FIFO_ENABLE);
    uart_write(uart, PL011_INTERRUPT_CLEAR, PL011_INTERRUPTS_ALL);
    uart_write(uart, PL011_INTERRUPT_MASK, 0);
    uart_write(uart, PL011_CONTROL, running);
}

int pl011_send(struct uart *uart, uint8_t byte)
{
    if (!becomes_clear(uart, PL011_FLAG_SEND_FULL))
        return ERROR_TIMED_OUT;
    uart_write(uart, PL011_DATA, byte);
    return OK;
}

int pl011_receive(struct uart *uart)
{
    if (uart_read(uart, PL011_FLAGS) & PL011_FLAG_RECEIVE_EMPTY)
        return ERROR_WOULD_BLOCK;

    uint32_t came = uart_read(uart, PL011_DATA) & (PL011_DATA_ERRORS | 0xff);
    return came > 0xff ? ERROR_DEVICE : (int)came;
}

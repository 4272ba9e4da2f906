/*
 * Exercise 1.1 on x86-64 and RISC-V: the 16550 UART. The contract is in ns16550.h.
 */
#include "console/ns16550.h"

#include "cairn/error.h"
#include "plain/plain.h"

//@exercise 1.1 Send and receive over a UART
/* The divisor counts the clock down to 16 samples a bit. */
static uint32_t baud_divisor(const struct uart *uart)
{
    uint32_t rate = 16 * uart->baud;
    uint32_t divisor = (uint32_t)(((uint64_t)uart->clock_hz + rate / 2) / rate);

    if (divisor == 0)
        return 1;
    return divisor <= 0xffff ? divisor : 0xffff;
}

INIT_TEXT void ns16550_start(struct uart *uart)
{
    uart_write(uart, NS16550_INTERRUPT_ENABLE, 0);
    if (uart->clock_hz != 0) {
        uint32_t divisor = baud_divisor(uart);
        uart_write(uart, NS16550_LINE_CONTROL, NS16550_LINE_8N1 | NS16550_LINE_DIVISOR_LATCH);
        uart_write(uart, NS16550_DIVISOR_LOW, divisor & 0xff);
        uart_write(uart, NS16550_DIVISOR_HIGH, divisor >> 8);
    }
    uart_write(uart, NS16550_LINE_CONTROL, NS16550_LINE_8N1);
    uart_write(uart, NS16550_FIFO_CONTROL,
               NS16550_FIFO_ENABLE | NS16550_FIFO_CLEAR_RECEIVER | NS16550_FIFO_CLEAR_TRANSMITTER);
    uart_write(uart, NS16550_MODEM_CONTROL,
               NS16550_MODEM_DTR | NS16550_MODEM_RTS | NS16550_MODEM_OUT2);
}

int ns16550_send(struct uart *uart, uint8_t byte)
{
    for (unsigned poll = 0; poll < UART_PATIENCE; poll++) {
        if ((uart_read(uart, NS16550_LINE_STATUS) & NS16550_STATUS_SEND_EMPTY) != 0) {
            uart_write(uart, NS16550_DATA, byte);
            return OK;
        }
    }
    return ERROR_TIMED_OUT;
}

int ns16550_receive(struct uart *uart)
{
    uint32_t status = uart_read(uart, NS16550_LINE_STATUS);

    if ((status & NS16550_STATUS_DATA_READY) == 0)
        return ERROR_WOULD_BLOCK;
    uint8_t byte = (uint8_t)uart_read(uart, NS16550_DATA);
    return (status & NS16550_STATUS_ERRORS) != 0 ? ERROR_DEVICE : byte;
}
//@stub
// void ns16550_start(struct uart *uart)
// {
//     (void)uart;
//     todo("1.1");
// }
//
// int ns16550_send(struct uart *uart, uint8_t byte)
// {
//     (void)uart;
//     (void)byte;
//     todo("1.1");
//     return ERROR_TIMED_OUT;
// }
//
// int ns16550_receive(struct uart *uart)
// {
//     (void)uart;
//     todo("1.1");
//     return ERROR_WOULD_BLOCK;
// }
//@end

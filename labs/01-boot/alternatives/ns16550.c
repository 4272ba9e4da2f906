/*
 * Exercise 1.1 on x86-64 and RISC-V, another way: settings from a table, patience that counts down.
 */
#include "console/ns16550.h"

#include "cairn/error.h"
#include "lib/util.h"

struct setting {
    unsigned index;
    uint32_t value;
};

static void apply(struct uart *uart, const struct setting *settings, size_t count)
{
    for (const struct setting *setting = settings; setting < settings + count; setting++)
        uart_write(uart, setting->index, setting->value);
}

static void set_speed(struct uart *uart)
{
    uint64_t slowest = UINT64_C(16) * uart->baud;
    uint64_t divisor = uart->clock_hz / slowest;

    if (2 * (uart->clock_hz % slowest) >= slowest)
        divisor++;
    if (divisor > 65535)
        divisor = 65535;
    divisor += divisor == 0;

    const struct setting settings[] = {
        {NS16550_LINE_CONTROL, NS16550_LINE_8N1 | NS16550_LINE_DIVISOR_LATCH},
        {NS16550_DIVISOR_HIGH, (uint32_t)(divisor / 256)},
        {NS16550_DIVISOR_LOW, (uint32_t)(divisor % 256)},
    };
    apply(uart, settings, 3);
}

void ns16550_start(struct uart *uart)
{
    static const struct setting settings[] = {
        {NS16550_LINE_CONTROL, NS16550_LINE_8N1},
        {NS16550_INTERRUPT_ENABLE, 0},
        {NS16550_MODEM_CONTROL, NS16550_MODEM_DTR | NS16550_MODEM_RTS | NS16550_MODEM_OUT2},
        {NS16550_FIFO_CONTROL,
         NS16550_FIFO_ENABLE | NS16550_FIFO_CLEAR_RECEIVER | NS16550_FIFO_CLEAR_TRANSMITTER},
    };

    if (uart->clock_hz > 0)
        set_speed(uart);
    apply(uart, settings, sizeof(settings) / sizeof(settings[0]));
}

int ns16550_send(struct uart *uart, uint8_t byte)
{
    unsigned patience = UART_PATIENCE;

    while (!(uart_read(uart, NS16550_LINE_STATUS) & NS16550_STATUS_SEND_EMPTY)) {
        if (--patience == 0)
            return ERROR_TIMED_OUT;
    }
    uart_write(uart, NS16550_DATA, byte);
    return OK;
}

int ns16550_receive(struct uart *uart)
{
    const uint32_t state =
        uart_read(uart, NS16550_LINE_STATUS) & (NS16550_STATUS_DATA_READY | NS16550_STATUS_ERRORS);
    int result = ERROR_WOULD_BLOCK;

    if (state & NS16550_STATUS_DATA_READY) {
        result = (int)(uart_read(uart, NS16550_DATA) & 0xff);
        if (state != NS16550_STATUS_DATA_READY)
            result = ERROR_DEVICE;
    }
    return result;
}

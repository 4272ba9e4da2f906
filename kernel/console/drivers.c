/*
 * The console drivers there are, and how they reach a port's registers. Every machine has both
 * drivers: boards of one architecture come with either.
 */
#include "address_map/address_map.h"
#include "arch/machine.h"
#include "cairn/error.h"
#include "console/ns16550.h"
#include "console/pl011.h"

/* The speed when the firmware tells none. */
enum { CONSOLE_BAUD = 115200 };

const struct console_driver console_drivers[BOOT_CONSOLE_KINDS] = {
    [BOOT_CONSOLE_NONE] = {.name = "none"},
    [BOOT_CONSOLE_NS16550] = {"ns16550", ns16550_start, ns16550_send, ns16550_receive},
    [BOOT_CONSOLE_PL011] = {"pl011", pl011_start, pl011_send, pl011_receive},
};

static uint32_t read_8(uintptr_t address)
{
    return *(DEVICE uint8_t *)address;
}

static void write_8(uintptr_t address, uint32_t value)
{
    *(DEVICE uint8_t *)address = (uint8_t)value;
}

static uint32_t read_32(uintptr_t address)
{
    return *(DEVICE uint32_t *)address;
}

static void write_32(uintptr_t address, uint32_t value)
{
    *(DEVICE uint32_t *)address = value;
}

static const struct uart_access bytes = {.read = read_8, .write = write_8};
static const struct uart_access words = {.read = read_32, .write = write_32};

/* Where the architecture has no ports, nothing tells of one. */
const struct uart_access machine_port_access __attribute__((weak)) = {.read = NULL};

INIT_TEXT int uart_describe(const struct boot_console *told, struct uart *uart)
{
    *uart = (struct uart){
        .stride = told->stride != 0 ? told->stride : 1,
        .clock_hz = told->clock_hz,
        .baud = told->baud != 0 ? told->baud : CONSOLE_BAUD,
    };
    if (told->is_port) {
        uart->access = &machine_port_access;
        uart->base = told->address;
        return OK;
    }
    uart->access = told->width == 4 ? &words : &bytes;
    uart->base = (uintptr_t)device_map(told->address, PAGE_SIZE);
    return uart->base != 0 ? OK : ERROR_NO_MEMORY;
}

/*
 * UART registers in memory; and port numbers, where there are none.
 */
#include "console/access.h"

#include "arch/machine.h"
#include "lib/address_space.h"

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

/* A port where there are no ports reads as an absent device. */
static uint32_t read_nothing(uintptr_t address)
{
    (void)address;
    return 0xff;
}

static void write_nothing(uintptr_t address, uint32_t value)
{
    (void)address;
    (void)value;
}

const struct uart_access uart_memory_access_8 = {.read = read_8, .write = write_8};
const struct uart_access uart_memory_access_32 = {.read = read_32, .write = write_32};
const struct uart_access machine_port_access __attribute__((weak)) = {
    .read = read_nothing,
    .write = write_nothing,
};

/*
 * The grader's serial line: a 16550 of its own, apart from the console and its driver.
 *
 * Source: National Semiconductor PC16550D data sheet (June 1995), section 8, "Registers".
 */
#include "probe/transport.h"

#include <stddef.h>
#include <stdint.h>

#include "address_map/address_map.h"
#include "arch/machine.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "console/console.h"
#include "lib/address_space.h"
#include "probe/pci_find.h"

enum {
    ISA_SECOND_PORT = 0x2f8,
    PCI_SERIAL_VENDOR = 0x1b36, /* QEMU, docs/specs/pci-serial.rst */
    PCI_SERIAL_DEVICE = 0x0002,
    SERIAL_REGISTERS_BYTES = 16,
};

enum serial_register {
    SERIAL_DATA = 0,
    SERIAL_INTERRUPT_ENABLE = 1,
    SERIAL_FIFO_CONTROL = 2,
    SERIAL_LINE_CONTROL = 3,
    SERIAL_LINE_STATUS = 5,
    SERIAL_SCRATCH = 7,
};

enum serial_bits {
    FIFO_ENABLE_AND_CLEAR = 0x07,
    LINE_8N1 = 0x03,
    STATUS_DATA_READY = 0x01,
    STATUS_HOLDING_EMPTY = 0x20,
    SCRATCH_PATTERN = 0x5a,
};

/*
 * How often a busy transmitter is asked before the line counts as dead. The reader may be a process
 * on a busy host: this is seconds, not microseconds.
 */
#define TRANSPORT_PATIENCE UINT32_C(200000000)

static uint32_t memory_read(uintptr_t address)
{
    return *(DEVICE uint8_t *)address;
}

static void memory_write(uintptr_t address, uint32_t value)
{
    *(DEVICE uint8_t *)address = (uint8_t)value;
}

static const struct uart_access memory_access = {.read = memory_read, .write = memory_write};

static struct uart port = {.stride = 1};

static bool transport_find(void)
{
    if (boot_info.pci.io.address == 0) {
        port.access = &machine_port_access;
        port.base = ISA_SECOND_PORT;
        return boot_info.console.is_port;
    }
    DEVICE struct pci_header *header = pci_find(PCI_SERIAL_VENDOR, PCI_SERIAL_DEVICE, 0);
    uint64_t address = header != NULL ? pci_place(header, SERIAL_REGISTERS_BYTES) : 0;
    if (address == 0)
        return false;
    port.access = &memory_access;
    port.base = (uintptr_t)device_map(address, SERIAL_REGISTERS_BYTES);
    return port.base != 0;
}

bool transport_start(void)
{
    bool found = transport_find();
    if (found) {
        uart_write(&port, SERIAL_SCRATCH, SCRATCH_PATTERN);
        found = uart_read(&port, SERIAL_SCRATCH) == SCRATCH_PATTERN;
    }
    if (!found) {
        port.access = NULL;
        return false;
    }
    uart_write(&port, SERIAL_INTERRUPT_ENABLE, 0);
    uart_write(&port, SERIAL_LINE_CONTROL, LINE_8N1);
    uart_write(&port, SERIAL_FIFO_CONTROL, FIFO_ENABLE_AND_CLEAR);
    return true;
}

void transport_put(char byte)
{
    if (port.access == NULL)
        return;
    for (uint32_t poll = 0; poll < TRANSPORT_PATIENCE; poll++) {
        if ((uart_read(&port, SERIAL_LINE_STATUS) & STATUS_HOLDING_EMPTY) != 0) {
            uart_write(&port, SERIAL_DATA, (uint8_t)byte);
            return;
        }
    }
    port.access = NULL;
}

int transport_get(void)
{
    if (port.access == NULL || (uart_read(&port, SERIAL_LINE_STATUS) & STATUS_DATA_READY) == 0)
        return ERROR_WOULD_BLOCK;
    return (int)uart_read(&port, SERIAL_DATA);
}

/*
 * The PC around the processor: power, reset, and the first serial port.
 */
#include "arch/machine.h"

#include "arch/cpu.h"
#include "boot/boot.h"
#include "console/ns16550.h"

enum {
    PORT_SERIAL_1 = 0x3f8,
    PORT_DEBUG_EXIT = 0xf4, /* QEMU's isa-debug-exit, where the machine was given one */
    PORT_RESET_CONTROL = 0xcf9,
    PORT_KEYBOARD_COMMAND = 0x64,
};

void machine_debug_put(char byte)
{
    for (unsigned poll = 0; poll < UART_PATIENCE; poll++) {
        if ((port_read_8(PORT_SERIAL_1 + NS16550_LINE_STATUS) & NS16550_STATUS_SEND_EMPTY) != 0)
            break;
    }
    port_write_8(PORT_SERIAL_1, (uint8_t)byte);
}

static uint32_t port_read(uintptr_t port)
{
    return port_read_8((uint16_t)port);
}

static void port_write(uintptr_t port, uint32_t value)
{
    port_write_8((uint16_t)port, (uint8_t)value);
}

const struct uart_access machine_port_access = {.read = port_read, .write = port_write};

/* ACPI 6.5, 4.8.3.2: SLP_TYP in bits 10 to 12, SLP_EN in bit 13. */
static void sleep_state(uint16_t port, uint8_t type)
{
    if (port != 0)
        port_write_16(port, (uint16_t)((type & 7) << 10 | 1 << 13));
}

_Noreturn void machine_power_off(unsigned status)
{
    const struct boot_power *power = &boot_info.power;

    if (status != 0)
        port_write_32(PORT_DEBUG_EXIT, status);
    if (power->has_s5) {
        sleep_state(power->pm1a_control, power->s5_type_a);
        sleep_state(power->pm1b_control, power->s5_type_b);
    }
    cpu_halt();
}

_Noreturn void machine_reboot(void)
{
    enum { RESET_FULL = 0x06, KEYBOARD_RESET = 0xfe };
    const struct boot_power *power = &boot_info.power;
    static const char no_vectors[10]; /* limit and base of a table that is empty */

    if (power->reset_port != 0)
        port_write_8(power->reset_port, power->reset_value);
    port_write_8(PORT_RESET_CONTROL, RESET_FULL);
    port_write_8(PORT_KEYBOARD_COMMAND, KEYBOARD_RESET);
    /* The last resort: an exception that can't be delivered shuts the processor down. */
    __asm__ volatile("lidt %0\n\tint3" ::"m"(no_vectors));
    cpu_halt();
}

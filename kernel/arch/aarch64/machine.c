/*
 * Power and early output on AArch64 machines: see arch/machine.h.
 *
 * Source: Arm DEN 0022 (Power State Coordination Interface) 1.1, section 5; Arm DEN 0028 (SMC
 * Calling Convention) 1.2; Arm DDI 0183 (PL011), chapter 3.
 */
#include "arch/machine.h"

#include <stddef.h>

#include "aarch64.h"
#include "arch/cpu.h"
#include "boot/boot.h"
#include "console/console.h"

enum psci_function {
    PSCI_SYSTEM_OFF = 0x84000008,
    PSCI_SYSTEM_RESET = 0x84000009,
};

/*
 * The PL011's registers by word. This driver of a few lines shares nothing with
 * console/pl011.c, which is an exercise.
 */
enum debug_uart_register {
    DEBUG_UART_DATA = 0x00 / 4,
    DEBUG_UART_FLAGS = 0x18 / 4,
    DEBUG_UART_LINE = 0x2c / 4,
    DEBUG_UART_CONTROL = 0x30 / 4,
};

enum debug_uart_bits {
    DEBUG_UART_FULL = 0x20,
    DEBUG_UART_8N1_FIFO = 0x70,
    DEBUG_UART_ENABLED = 0x101, /* UARTEN and TXE */
};

static DEVICE uint32_t *debug_uart;

INIT_TEXT void machine_use_uart(DEVICE void *registers)
{
    debug_uart = registers;
    if (debug_uart == NULL ||
        (debug_uart[DEBUG_UART_CONTROL] & DEBUG_UART_ENABLED) == DEBUG_UART_ENABLED)
        return;
    debug_uart[DEBUG_UART_LINE] = DEBUG_UART_8N1_FIFO;
    debug_uart[DEBUG_UART_CONTROL] = DEBUG_UART_ENABLED;
}

void machine_debug_put(char byte)
{
    if (debug_uart == NULL)
        return;
    for (unsigned poll = 0; poll < UART_PATIENCE; poll++) {
        if ((debug_uart[DEBUG_UART_FLAGS] & DEBUG_UART_FULL) == 0)
            break;
    }
    debug_uart[DEBUG_UART_DATA] = (uint8_t)byte;
}

/* Calls the firmware, where there is some. Both functions return only when they failed. */
static void psci_call(enum psci_function function)
{
    uint64_t uses_hvc = boot_info.power.psci_uses_hvc;

    if (!boot_info.power.psci)
        return;
    /* Nothing may come between this and the call: the sanitizer's functions change registers. */
    register uint64_t x0 __asm__("x0") = function;
    /* The caller's x0 to x17 may change (SMCCC 1.2, section 2.6). */
    __asm__ volatile("cbz %1, 1f\n\t"
                     "hvc #0\n\t"
                     "b 2f\n"
                     "1:\tsmc #0\n"
                     "2:"
                     : "+r"(x0)
                     : "r"(uses_hvc)
                     : "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12",
                       "x13", "x14", "x15", "x16", "x17", "memory");
}

_Noreturn void machine_power_off(unsigned status)
{
    (void)status; /* PSCI has no way to tell it */
    psci_call(PSCI_SYSTEM_OFF);
    cpu_halt();
}

_Noreturn void machine_reboot(void)
{
    psci_call(PSCI_SYSTEM_RESET);
    cpu_halt();
}

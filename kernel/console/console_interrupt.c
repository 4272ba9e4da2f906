/*
 * Sleeping until something is typed: the serial port interrupts when it has a byte.
 *
 * The handler only notes that the port rang: console_read() takes the byte. A port on a level keeps
 * asking until then, so its line is held back, and let through again before the next sleep. A port
 * on an edge asks once: a ring between the reader's last look and the sleep is known by the note.
 */
#include "arch/cpu.h"
#include "arch/sleep.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "console/console.h"
#include "console/ns16550.h"
#include "console/pl011.h"
#include "init/init.h"
#include "interrupt/interrupt.h"
#include "lib/error_text.h"
#include "log/log.h"

static struct interrupt console_interrupt;
static bool console_interrupts;
static bool port_rang; /* since the last sleep; changed with interrupts off */

//@quote [console-wait]
static bool note_ring(void *context)
{
    (void)context;
    port_rang = true;
    if (!boot_info.console.is_port)
        interrupt_mask(&console_interrupt);
    return true;
}

void console_wait(void)
{
    if (!console_interrupts) {
        cpu_relax();
        return;
    }
    bool on = cpu_interrupts_disable();
    if (!port_rang) {
        interrupt_unmask(&console_interrupt);
        cpu_sleep();
    }
    port_rang = false;
    cpu_interrupts_restore(on);
}
//@quote [console-wait]

/* Has the port interrupt when a byte has come. Data sheets: ns16550.h, pl011.h. */
static void enable_port(enum boot_console_kind kind, const struct uart *port)
{
    if (kind == BOOT_CONSOLE_NS16550)
        uart_write(port, NS16550_INTERRUPT_ENABLE, NS16550_INTERRUPT_RECEIVED);
    else
        uart_write(port, PL011_INTERRUPT_MASK,
                   PL011_INTERRUPT_RECEIVED | PL011_INTERRUPT_RECEIVE_TIMEOUT);
}

INIT_TEXT static int console_init_interrupt(void)
{
    const struct uart *port = console_port();
    const struct boot_console *told = &boot_info.console;

    /* In a grading build time is the guest's own, and must not run on while the host types. */
    if (CAIRN_GRADE || port == NULL || told->interrupt == 0)
        return OK;
    console_interrupt = (struct interrupt){.name = "console", .handler = note_ring};
    /* The PC's first serial port is on an edge-triggered line of the ISA bus. */
    int error = interrupt_attach(&console_interrupt, told->interrupt,
                                 told->is_port ? INTERRUPT_EDGE_RISING : INTERRUPT_LEVEL_HIGH);
    if (error != OK) {
        log_notice("the console is polled: %s", error_text(error));
        return OK;
    }
    enable_port(told->kind, port);
    console_interrupts = true;
    return OK;
}
INIT_CALL(run, console_init_interrupt);

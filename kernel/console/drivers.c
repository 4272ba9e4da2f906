/*
 * The console drivers there are. Every machine has both: boards of one architecture come with
 * either.
 */
#include "console/console.h"
#include "console/ns16550.h"
#include "console/pl011.h"
#include "lib/register_table.h"

CONSOLE_DRIVER(ns16550)
= {
    .kind = BOOT_CONSOLE_NS16550,
    .name = "ns16550",
    .start = ns16550_start,
    .send = ns16550_send,
    .receive = ns16550_receive,
};

CONSOLE_DRIVER(pl011)
= {
    .kind = BOOT_CONSOLE_PL011,
    .name = "pl011",
    .start = pl011_start,
    .send = pl011_send,
    .receive = pl011_receive,
};

const struct console_driver *console_driver_find(enum boot_console_kind kind)
{
    REGISTER_TABLE_FOR_EACH (console_driver, driver, console_drivers) {
        if (driver->kind == kind)
            return driver;
    }
    return NULL;
}

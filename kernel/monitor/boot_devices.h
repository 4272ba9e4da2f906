/**
 * @file
 * The parts of `boot` that are about devices. Private to the monitor.
 */
#pragma once

/** Shows interrupt controllers, and the legacy interrupts that differ from the default. */
void boot_show_controllers(void);

/** Shows clocks and timers. */
void boot_show_timer(void);

/** Shows the PCI Express host bridge. */
void boot_show_pci(void);

/** Shows the serial port that is the console. */
void boot_show_console(void);

/** Shows how the machine is switched off and started anew. */
void boot_show_power(void);

/*
 * The parts of `boot` that are about devices: see boot_devices.h. What was not told is left out.
 */
#include "monitor/boot_devices.h"

#include "boot/boot.h"
#include "console/console.h"

static const char *controller_name(enum boot_controller_kind kind)
{
    static const char *const names[] = {
        [BOOT_LOCAL_APIC] = "local APIC",
        [BOOT_IO_APIC] = "I/O APIC",
        [BOOT_GIC_DISTRIBUTOR] = "GIC distributor",
        [BOOT_GIC_REDISTRIBUTOR] = "GIC redistributors",
        [BOOT_GIC_ITS] = "GIC ITS",
        [BOOT_PLIC] = "PLIC",
        [BOOT_CLINT] = "CLINT",
        [BOOT_APLIC] = "APLIC",
        [BOOT_IMSIC] = "IMSIC",
    };

    return kind < ARRAY_COUNT(names) && names[kind] != NULL ? names[kind] : "unknown";
}

/* One line: a name, and a number in hexadecimal; nothing when it was not told. */
static void show_hex(const char *name, uint64_t value)
{
    if (value != 0)
        console_print("  %-20s %#llx\n", name, (unsigned long long)value);
}

static void show_decimal(const char *name, uint64_t value, const char *unit)
{
    if (value != 0)
        console_print("  %-20s %llu%s\n", name, (unsigned long long)value, unit);
}

void boot_show_controllers(void)
{
    if (boot_info.controller_count == 0)
        console_print("  none\n");
    for (size_t i = 0; i < boot_info.controller_count; i++) {
        const struct boot_controller *controller = &boot_info.controllers[i];
        console_print("  %-20s %#llx", controller_name(controller->kind),
                      (unsigned long long)controller->address);
        if (controller->size != 0)
            console_print(", %#llx bytes", (unsigned long long)controller->size);
        if (controller->interrupts != 0)
            console_print(", %u interrupts", controller->interrupts);
        if (controller->kind == BOOT_IO_APIC)
            console_print(", from interrupt %u on", controller->first_interrupt);
        if (controller->kind == BOOT_APLIC || controller->kind == BOOT_IMSIC)
            console_print(", %s", controller->first_interrupt != 0 ? "supervisor" : "machine");
        console_print("\n");
    }
    for (size_t i = 0; i < boot_info.override_count; i++) {
        const struct boot_interrupt_override *override = &boot_info.overrides[i];
        console_print("  legacy interrupt %-3u is %u, active %s, %s triggered\n", override->legacy,
                      override->global, override->active_low ? "low" : "high",
                      override->level_triggered ? "level" : "edge");
    }
}

void boot_show_timer(void)
{
    const struct boot_timer *timer = &boot_info.timer;
    static const char *const names[ARRAY_COUNT(timer->interrupts)] = {
        "secure timer", "non-secure timer", "virtual timer", "hypervisor timer"};

    if (timer->frequency_hz == 0)
        console_print("  %-20s to be measured\n", "frequency");
    show_decimal("frequency", timer->frequency_hz, " Hz");
    for (size_t i = 0; i < ARRAY_COUNT(timer->interrupts); i++)
        show_decimal(names[i], timer->interrupts[i], "");
    show_hex("HPET", timer->hpet_address);
    show_hex("real-time clock", timer->clock_address);
}

/* A window of the host bridge, as the processor and as the bus see it. */
static void show_window(const char *name, const struct boot_pci_window *window)
{
    if (window->size != 0)
        console_print("  %-20s %#llx, %#llx bytes, on the bus at %#llx\n", name,
                      (unsigned long long)window->address, (unsigned long long)window->size,
                      (unsigned long long)window->bus);
}

void boot_show_pci(void)
{
    const struct boot_pci *pci = &boot_info.pci;

    if (pci->ecam_address == 0) {
        console_print("  none\n");
        return;
    }
    show_hex("configuration space", pci->ecam_address);
    console_print("  %-20s %u to %u, segment %u\n", "buses", pci->first_bus, pci->last_bus,
                  pci->segment);
    show_window("I/O window", &pci->io);
    show_window("memory window", &pci->memory);
    show_window("64-bit window", &pci->memory64);
}

void boot_show_console(void)
{
    const struct boot_console *console = &boot_info.console;

    console_print("  %-20s %s\n", "driver", console_drivers[console->kind].name);
    show_hex(console->is_port ? "port" : "address", console->address);
    show_decimal("register width", console->width, console->width == 1 ? " byte" : " bytes");
    show_decimal("register stride", console->stride, console->stride == 1 ? " byte" : " bytes");
    show_decimal("clock", console->clock_hz, " Hz");
    show_decimal("speed", console->baud, " bits a second");
    show_decimal("interrupt", console->interrupt, "");
}

void boot_show_power(void)
{
    const struct boot_power *power = &boot_info.power;

    if (power->psci)
        console_print("  %-20s by %s\n", "PSCI", power->psci_uses_hvc ? "HVC" : "SMC");
    show_hex("test device", power->test_device);
    show_hex("PM1a control port", power->pm1a_control);
    show_hex("PM1b control port", power->pm1b_control);
    if (power->has_s5)
        console_print("  %-20s %u, %u\n", "soft off, types", power->s5_type_a, power->s5_type_b);
    if (power->reset_port != 0)
        console_print("  %-20s %#x, value %#x\n", "reset port", power->reset_port,
                      power->reset_value);
}

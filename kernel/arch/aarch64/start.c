/*
 * From the entry code to kernel_main(): reads the device tree into boot_info.
 */
#include "aarch64.h"
#include "address_map/address_map.h"
#include "arch/cpu.h"
#include "arch/machine.h"
#include "arch/mmu.h"
#include "arch/stack.h"
#include "arch/trap.h"
#include "boot/boot.h"
#include "init/init.h"
#include "lib/address_space.h"
#include "panic/panic.h"
#include "plain/plain.h"

extern const char image_start[];

/* MPIDR_EL1: the four affinity fields, as the device tree writes them. */
#define MPIDR_AFFINITY UINT64_C(0xff00ffffff)

uintptr_t boot_map_identity(void);
_Noreturn void arch_start(uint64_t device_tree);

/*
 * Maps the GiB that this code lies in at its physical address, for execution: for the switch only.
 * Called by the entry code before translation is on. Returns the root table's physical address.
 */
uintptr_t boot_map_identity(void)
{
    static mmu_entry root[MMU_ENTRIES] __attribute__((aligned(PAGE_SIZE)));
    static mmu_entry level_2[MMU_ENTRIES] __attribute__((aligned(PAGE_SIZE)));
    uintptr_t here = (uintptr_t)boot_map_identity;

    root[mmu_index(here, 3)] = mmu_table((uintptr_t)level_2);
    level_2[mmu_index(here, 2)] = mmu_leaf(align_down(here, GIB), 2, MMU_READ_EXECUTE);
    return (uintptr_t)root;
}

/*
 * The virt machine's first GiB holds only devices, among them a serial port at a fixed place.
 * An image that was loaded there runs on some other machine.
 */
static bool default_uart_is_there(void)
{
    return ((uintptr_t)image_start - image_virtual_offset) / GIB != MACHINE_DEFAULT_UART / GIB;
}

/* Output by that port until the device tree has told of one. */
static void start_early_output(void)
{
    if (default_uart_is_there() &&
        boot_map_provisional(MACHINE_DEFAULT_UART, PAGE_SIZE, MMU_DEVICE))
        /* The direct map has the port here, mapped as a device. */
        machine_use_uart((DEVICE void *)(uintptr_t)physical_pointer(MACHINE_DEFAULT_UART));
}

/* Without a device tree's word on it, the console is the virt machine's port. */
static void use_default_console(void)
{
    if (boot_info.console.kind == BOOT_CONSOLE_NONE && default_uart_is_there())
        boot_info.console = (struct boot_console){
            .kind = BOOT_CONSOLE_PL011,
            .width = 4,
            .stride = 4,
            .address = MACHINE_DEFAULT_UART,
        };
}

/* Early output by a mapping that stays when level `memory` replaces the provisional one. */
static void settle_early_output(void)
{
    const struct boot_console *console = &boot_info.console;

    machine_use_uart(console->kind == BOOT_CONSOLE_PL011 ? device_map(console->address, PAGE_SIZE)
                                                         : NULL);
}

/*
 * The compiler uses Armv8.1's atomic instructions, so nothing before this may be atomic. Told as
 * soon as there is output on every machine (Arm DDI 0487, register ID_AA64ISAR0_EL1).
 */
static void refuse_without_atomics(void)
{
    enum { ATOMIC_SHIFT = 20, ATOMIC_LSE = 2 };

    if (system_register_field(system_register_read(id_aa64isar0_el1), ATOMIC_SHIFT) >= ATOMIC_LSE)
        return;
    plain_text(plain_console, "Cairn needs a processor with Armv8.1's atomic instructions (LSE); "
                              "this one lacks them.\n");
    machine_power_off(PANIC_STATUS);
}

/* Random numbers from the processor (Arm DDI 0487, register RNDR), on top of the firmware's. */
static void collect_seed(void)
{
    enum { RNDR_SHIFT = 60, TRIES = 10 };

    if (system_register_field(system_register_read(id_aa64isar0_el1), RNDR_SHIFT) == 0)
        return;
    for (size_t i = 0; i < ARRAY_COUNT(boot_info.seed); i++) {
        for (unsigned attempt = 0; attempt < TRIES; attempt++) {
            uint64_t value, failed;
            __asm__ volatile("mrs %0, s3_3_c2_c4_0\n\t"
                             "cset %1, eq"
                             : "=r"(value), "=r"(failed)
                             :
                             : "cc");
            if (failed == 0) {
                boot_info.seed[i] ^= value;
                break;
            }
        }
    }
}

/* What the processor tells of itself. */
static void collect_processor_facts(void)
{
    boot_info.boot_hardware_id = system_register_read(mpidr_el1) & MPIDR_AFFINITY;
    if (boot_info.timer.frequency_hz == 0)
        boot_info.timer.frequency_hz = system_register_read(cntfrq_el0);
    if (boot_info.timer.frequency_hz == 0)
        boot_warn(&boot_info, "the counter's frequency is not told", 0);
    collect_seed();
}

/* Called by the entry code, once, on the boot stack. device_tree is a physical address. */
_Noreturn void arch_start(uint64_t device_tree)
{
    cpu_set_percpu_offset(0);
    trap_init();
    boot_map_guard(boot_stack_guard);
    boot_map_guard(exception_stack_guard);
    cpu_start_counting();

    start_early_output();
    if (!boot_read_device_tree(device_tree))
        use_default_console();
    settle_early_output();
    refuse_without_atomics();
    collect_processor_facts();
    boot_add_image();
    boot_complete(&boot_info);
    kernel_main();
}

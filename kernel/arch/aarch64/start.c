/*
 * From the entry code to kernel_main(): reads the device tree into boot_info.
 *
 * What is mapped when it begins: the image, and nothing else. Device tree and ramdisk are reached
 * through a provisional direct map of the GiB that they lie in; level `memory` replaces it.
 */
#include "aarch64.h"
#include "arch/cpu.h"
#include "arch/mmu.h"
#include "arch/stack.h"
#include "arch/trap.h"
#include "boot/boot.h"
#include "boot/boot_map.h"
#include "cairn/error.h"
#include "device_tree/device_tree.h"
#include "init/init.h"
#include "plain/plain.h"

extern char image_start[], image_end[];

enum { TABLE_ENTRIES = 512, DEVICE_TREE_HEADER = 40 };

/* What the provisional map can reach: one table of 1 GiB entries. */
#define PROVISIONAL_SIZE (TABLE_ENTRIES * GIB)

/* MPIDR_EL1: the four affinity fields, as the device tree writes them. */
#define MPIDR_AFFINITY UINT64_C(0xff00ffffff)

static mmu_entry direct_level_2[TABLE_ENTRIES]
    __attribute__((aligned(PAGE_SIZE), section(".bss.pages")));

_Noreturn void arch_start(uint64_t device_tree);

/* The physical address of something in the image. */
static uint64_t image_physical(const void *pointer)
{
    return (uintptr_t)pointer - image_virtual_offset;
}

/*
 * Maps every GiB that [physical, physical + size) touches and that is not yet mapped; false
 * when it is out of reach.
 */
INIT_TEXT static bool map_provisionally(uint64_t physical, uint64_t size, enum mmu_access access)
{
    if (size == 0 || !range_within(physical, size, PROVISIONAL_SIZE))
        return false;
    mmu_root[(DIRECT_MAP_BASE >> 39) & (TABLE_ENTRIES - 1)] =
        mmu_table(image_physical(direct_level_2));
    for (uint64_t i = physical / GIB; i <= (physical + size - 1) / GIB; i++) {
        if (!mmu_is_present(direct_level_2[i]))
            direct_level_2[i] = mmu_leaf(i * GIB, 2, access);
    }
    mmu_flush_all();
    return true;
}

/*
 * The virt machine's first GiB holds only devices, among them a serial port at a fixed place.
 * An image that was loaded there runs on some other machine.
 */
INIT_TEXT static bool default_uart_is_there(void)
{
    return image_physical(image_start) / GIB != MACHINE_DEFAULT_UART / GIB;
}

/* Output by that port until the device tree has told of one. */
INIT_TEXT static void start_early_output(void)
{
    if (default_uart_is_there() && map_provisionally(MACHINE_DEFAULT_UART, PAGE_SIZE, MMU_DEVICE))
        machine_use_uart(physical_pointer(MACHINE_DEFAULT_UART));
}

/* The size of the device tree at physical, all of it mapped; or ERROR_FAULT or ERROR_CORRUPT. */
INIT_TEXT static int map_device_tree(uint64_t physical)
{
    char header[DEVICE_TREE_HEADER];

    if (physical == 0 || !map_provisionally(physical, sizeof(header), MMU_READ_WRITE) ||
        memory_copy_guarded(header, physical_pointer(physical), sizeof(header)) != OK)
        return ERROR_FAULT;
    int size = device_tree_size(header);
    if (size > 0 && !map_provisionally(physical, (uint64_t)size, MMU_READ_WRITE))
        return ERROR_FAULT;
    return size;
}

/* Says so where a person may see it, and lets them look around by the default serial port. */
INIT_TEXT static void report_bad_device_tree(uint64_t physical)
{
    boot_warn(&boot_info, "the device tree is missing or damaged", physical);
    plain_text(plain_console, "Cairn: the device tree at 0x");
    plain_hex(plain_console, physical, 1);
    plain_text(plain_console, " is missing or damaged\n");
    if (boot_info.console.kind == BOOT_CONSOLE_NONE && default_uart_is_there())
        boot_info.console = (struct boot_console){
            .kind = BOOT_CONSOLE_PL011,
            .width = 4,
            .stride = 4,
            .address = MACHINE_DEFAULT_UART,
        };
}

INIT_TEXT static void read_device_tree(uint64_t physical)
{
    int size = map_device_tree(physical);

    boot_info.source = "device tree";
    if (size <= 0 || device_tree_parse(&boot_info, physical_pointer(physical), (size_t)size) != OK)
        report_bad_device_tree(physical);
    if (size > 0)
        boot_add_memory(&boot_info, physical, (uint64_t)size, MEMORY_BOOT_DATA);
}

/* Early output by a mapping that stays when level `memory` replaces the provisional one. */
INIT_TEXT static void settle_early_output(void)
{
    const struct boot_console *console = &boot_info.console;

    machine_use_uart(console->kind == BOOT_CONSOLE_PL011 ? device_map(console->address, PAGE_SIZE)
                                                         : NULL);
}

/* Random numbers from the processor (Arm DDI 0487, register RNDR), on top of the firmware's. */
INIT_TEXT static void collect_seed(void)
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
INIT_TEXT static void collect_processor_facts(void)
{
    boot_info.boot_hardware_id = system_register_read(mpidr_el1) & MPIDR_AFFINITY;
    if (boot_info.timer.frequency_hz == 0)
        boot_info.timer.frequency_hz = system_register_read(cntfrq_el0);
    if (boot_info.timer.frequency_hz == 0)
        boot_warn(&boot_info, "the counter's frequency is not told", 0);
    if (boot_info.processor_count == 0)
        boot_add_processor(&boot_info, &(struct boot_processor){
                                           .hardware_id = boot_info.boot_hardware_id,
                                           .usable = true,
                                       });
    collect_seed();
}

/* Adds a range that the firmware does not list, and makes it reachable. */
INIT_TEXT static void add_memory(uint64_t base, uint64_t size, enum memory_kind kind)
{
    boot_add_memory(&boot_info, base, size, kind);
    if (!map_provisionally(base, size, MMU_READ_WRITE))
        boot_warn(&boot_info, "out of the early map's reach", base);
}

INIT_TEXT static void add_own_memory(void)
{
    add_memory(image_physical(image_start), (uint64_t)(image_end - image_start), MEMORY_KERNEL);
    if (boot_info.ramdisk_size > 0)
        add_memory(boot_info.ramdisk, boot_info.ramdisk_size, MEMORY_RAMDISK);
}

/* Called by the entry code, once, on the boot stack. device_tree is a physical address. */
INIT_TEXT _Noreturn void arch_start(uint64_t device_tree)
{
    cpu_set_percpu_offset(0);
    trap_init();
    boot_map_guard(boot_stack_guard);
    boot_map_guard(exception_stack_guard);
    cpu_start_counting();

    start_early_output();
    read_device_tree(device_tree);
    settle_early_output();
    collect_processor_facts();
    add_own_memory();
    kernel_main();
}

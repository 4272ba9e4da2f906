/*
 * C's first function on x86-64: fills boot_info and goes on to the generic kernel.
 */
#include "acpi/acpi.h"
#include "address_map/address_map.h"
#include "arch/cpu.h"
#include "arch/mmu.h"
#include "arch/stack.h"
#include "arch/trap.h"
#include "boot/boot.h"
#include "init/init.h"
#include "pvh.h"
#include "x86_64.h"

/* What entry.S maps at DIRECT_MAP_BASE. */
#define EARLY_DIRECT_SIZE (4 * GIB)

/* The PC's first serial port: its place and clock are part of the architecture. */
enum { SERIAL_PORT = 0x3f8, SERIAL_CLOCK_HZ = 1843200, SERIAL_INTERRUPT = 4 };

static const void *early_window(uint64_t address, uint64_t size)
{
    return range_within(address, size, EARLY_DIRECT_SIZE) ? physical_pointer(address) : NULL;
}

/* The processor's own local APIC ID: all 32 bits where there is leaf 0Bh. */
static uint32_t own_apic_id(void)
{
    if (cpuid(0).eax >= 0x0b && cpuid(0x0b).ebx != 0)
        return cpuid(0x0b).edx;
    return cpuid(1).ebx >> 24;
}

static void collect_seed(void)
{
    enum { RDRAND = 1 << 30, TRIES = 10 }; /* CPUID.01h:ECX; Intel SDM volume 1, 7.3.17.1 */

    if ((cpuid(1).ecx & RDRAND) == 0)
        return;
    for (size_t i = 0; i < ARRAY_COUNT(boot_info.seed); i++) {
        for (unsigned attempt = 0; attempt < TRIES; attempt++) {
            uint64_t value;
            bool valid;
            __asm__ volatile("rdrand %0" : "=r"(value), "=@ccc"(valid));
            if (valid) {
                boot_info.seed[i] ^= value;
                break;
            }
        }
    }
}

static void collect_boot_info(uint32_t start_info)
{
    uint64_t rsdp = 0;

    boot_info.boot_hardware_id = own_apic_id();
    boot_info.console = (struct boot_console){
        .kind = BOOT_CONSOLE_NS16550,
        .is_port = true,
        .width = 1,
        .stride = 1,
        .address = SERIAL_PORT,
        .clock_hz = SERIAL_CLOCK_HZ,
        .interrupt = SERIAL_INTERRUPT,
    };
    /* What is wrong with either is in boot_info's warnings. */
    (void)pvh_parse(&boot_info, early_window, start_info, &rsdp);
    (void)acpi_parse(&boot_info, early_window, rsdp);
    boot_info.timer.frequency_hz = timestamp_frequency();
    collect_seed();
    boot_add_image();
    /* Page 0 holds firmware data, and address 0 must never be handed out. */
    boot_add_memory(&boot_info, 0, PAGE_SIZE, MEMORY_RESERVED);
    boot_complete(&boot_info);
}

//@quote [x86-arch-start]
_Noreturn void arch_start(uint32_t start_info)
{
    cpu_set_percpu_offset(0);
    trap_init();
    /*
     * The image at its physical address was for the switch only; so was its alias in the top GiB.
     */
    mmu_entry *image_level2 =
        (mmu_entry *)(uintptr_t)(mmu_address(mmu_root[511]) + image_virtual_offset);
    mmu_root[0] = 0;
    image_level2[0] = 0;
    boot_map_guard(boot_stack_guard);
    boot_map_guard(exception_stack_guard);
    collect_boot_info(start_info);
    kernel_main();
}
//@quote [x86-arch-start]

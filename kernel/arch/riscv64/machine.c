/*
 * Power and early output on RISC-V machines: see arch/machine.h.
 *
 * Source: QEMU's hw/misc/sifive_test.c (the test device, sifive,test0 in the device tree); SBI
 * Specification 1.0, chapters 5 and 10.
 */
#include "arch/machine.h"

#include "address_map/address_map.h"
#include "arch/cpu.h"
#include "arch/riscv64/sbi.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "console/console.h"
#include "init/init.h"
#include "lib/address_space.h"

/* What the test device understands: a command in bits 0 to 15, a status in bits 16 to 31. */
enum test_command {
    TEST_FAIL = 0x3333,
    TEST_PASS = 0x5555,
};

/* The test device's only register; NULL where there is none, or before it is mapped. */
static DEVICE uint32_t *test_device;

static int machine_map_test_device(void)
{
    if (boot_info.power.test_device == 0)
        return OK;
    test_device = device_map(boot_info.power.test_device, sizeof(*test_device));
    return test_device != NULL ? OK : ERROR_NO_MEMORY;
}
INIT_CALL(boot, machine_map_test_device);

_Noreturn void machine_power_off(unsigned status)
{
    if (test_device != NULL)
        *test_device = status == 0 ? TEST_PASS : TEST_FAIL | status << 16;
    /* Still here: the firmware may know another way, though the status may be lost. */
    (void)sbi_call(SBI_RESET, SBI_RESET_SYSTEM, SBI_RESET_SHUTDOWN,
                   status == 0 ? SBI_RESET_NO_REASON : SBI_RESET_SYSTEM_FAILURE);
    cpu_halt();
}

_Noreturn void machine_reboot(void)
{
    (void)sbi_call(SBI_RESET, SBI_RESET_SYSTEM, SBI_RESET_COLD_REBOOT, SBI_RESET_NO_REASON);
    cpu_halt();
}

void machine_debug_put(char byte)
{
    /* The result says nothing useful, and there is nobody to tell. */
    (void)sbi_call(SBI_LEGACY_PUTCHAR, 0, (unsigned char)byte, 0);
}

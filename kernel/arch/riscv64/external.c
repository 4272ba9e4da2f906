/*
 * Which interrupt controller the machine has. A device tree has a PLIC or an IMSIC, never both.
 */
#include "external.h"

#include "boot/boot.h"

static uint32_t (*claim)(void);

INIT_TEXT const struct interrupt_controller *interrupt_controller_start(void)
{
    const struct boot_processor *hart = boot_find_processor(&boot_info, boot_info.boot_hardware_id);
    const struct interrupt_controller *controller = aia_start(hart);

    claim = controller != NULL ? imsic_claim : plic_claim;
    if (controller == NULL)
        controller = plic_start(hart);
    if (controller != NULL)
        __asm__ volatile("csrs sie, %0" ::"r"(1L << INTERRUPT_EXTERNAL));
    return controller;
}

//@quote [external-serve]
void external_serve(void)
{
    uint32_t number = claim();

    if (number == 0)
        interrupt_handle(INTERRUPT_NONE);
    for (; number != 0; number = claim())
        interrupt_handle(number);
}
//@quote [external-serve]

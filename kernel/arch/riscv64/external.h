/**
 * @file
 * What is behind a hart's external interrupt: the PLIC, or the IMSIC with the APLIC. Private to the
 * RISC-V port.
 */
#pragma once

#include "interrupt/controller.h"

/**
 * The supervisor's interrupts by their numbers in scause, which are those of their bits in sie and
 * sip (RISC-V Privileged Architecture 20211203, 4.1.3 and 4.1.8).
 */
enum { INTERRUPT_SOFTWARE = 1, INTERRUPT_TIMER = 5, INTERRUPT_EXTERNAL = 9 };

/** Serves every interrupt that the controller has for this hart. Context: the trap path. */
void external_serve(void);

/** Starts the PLIC for the hart that runs. @return NULL when it has none */
const struct interrupt_controller *plic_start(const struct boot_processor *hart);

/** Takes the number that comes first; 0 for none. */
uint32_t plic_claim(void);
uint32_t imsic_claim(void);

/** Starts IMSIC and APLIC (aia.h) for the hart that runs. @return NULL when it has no IMSIC */
const struct interrupt_controller *aia_start(const struct boot_processor *hart);

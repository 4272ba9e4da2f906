/**
 * @file
 * What the GIC and its ITS know of each other. Private to the AArch64 port.
 *
 * Source: Arm IHI 0069 (GICv3 architecture).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "interrupt/controller.h"
#include "lib/address_space.h"

/* The numbers of messages, the last ones. What raises them is an LPI: LPI_FIRST + the number. */
enum { LPI_FIRST = 8192, MESSAGES = 256, MESSAGE_FIRST = INTERRUPT_NUMBERS - MESSAGES };

/* Registers of a redistributor, by offset. */
enum { GICR_CTLR = 0x0000, GICR_TYPER = 0x0008, GICR_PROPBASER = 0x0070, GICR_PENDBASER = 0x0078 };

/** Registers are polled so often before they are given up. */
enum { GIC_PATIENCE = 1000000 };

/** Serves every interrupt that the GIC has for this processor. Context: the trap path. */
void gic_serve(void);

/**
 * Starts the ITS for messages to the processor that runs.
 * @param redistributor where its registers are mapped
 * @param physical where they are
 * @return the ITS, or NULL when there is none that can be used
 */
const struct message_controller *its_start(DEVICE char *redistributor, uint64_t physical);

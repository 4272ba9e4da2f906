/**
 * @file
 * Interrupt controllers (@ref interrupt): what an architecture's driver must do.
 *
 * The trap path finds out the number (from the vector on x86-64, by asking the controller on the
 * others) and calls interrupt_handle() with it, for as long as there is something to serve.
 *
 * The machine has one root controller that tells numbers; several chips (I/O APICs and the local
 * APIC; distributor, redistributors and ITS) may work together behind it.
 */
#ifndef INTERRUPT_CONTROLLER_H
#define INTERRUPT_CONTROLLER_H

#include "interrupt/interrupt.h"

/** The machine's interrupt controller. */
struct interrupt_controller {
    const char *name; /**< "local APIC and I/O APIC", "GICv3", "PLIC", "AIA". */

    /**
     * Whether numbers are fixed by the line (GIC, PLIC) rather than chosen (x86 vectors, IMSIC).
     * @return the number of @p line, or INTERRUPT_NONE when it is free to choose
     */
    uint32_t (*fixed_number)(uint32_t line);
    /** The numbers [first, end) that may be chosen for lines and messages. */
    uint32_t first_number;
    uint32_t end_number;

    /**
     * Connects a line with a number on a processor, masked.
     * @return OK, ERROR_NOT_FOUND, ERROR_NOT_SUPPORTED or ERROR_INVALID_ARGUMENT
     */
    int (*configure)(uint32_t line, uint32_t number, uint64_t hardware_id,
                     enum interrupt_trigger trigger);
    void (*mask)(uint32_t line);
    void (*unmask)(uint32_t line);
    /** The message that raises @p number on a processor. NULL when there are none. */
    int (*message)(uint32_t number, uint64_t hardware_id, struct interrupt_message *message);

    /** The number has been served on this processor: the next one may come. */
    void (*complete)(uint32_t number);
};

/** Finds and starts the controllers; defined by the architecture. NULL when there are none. */
const struct interrupt_controller *interrupt_controller_start(void);

#endif

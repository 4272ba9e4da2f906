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
#pragma once

#include "interrupt/interrupt.h"

struct boot_processor;

/**
 * What takes messages. The life of a number: connected, and held back then; held back and let
 * through any number of times; held back, and disconnected.
 */
struct message_controller {
    /**
     * Makes the message that raises a number on a processor; nothing is changed.
     * @return OK, or ERROR_NOT_SUPPORTED for a processor that can't take messages (yet)
     */
    int (*message)(uint32_t number, const struct boot_processor *target,
                   struct interrupt_message *message);
    /**
     * Has a number take messages of a device.
     * @return OK, ERROR_NOT_SUPPORTED, ERROR_NO_MEMORY, or ERROR_DEVICE when the chip doesn't obey
     */
    int (*connect)(uint32_t number, uint32_t device);
    void (*disconnect)(uint32_t number);
    /** Holds messages back, or lets them through. Of those that come meanwhile, one is kept. */
    void (*hold)(uint32_t number, bool held);
};

/** The machine's interrupt controller. */
struct interrupt_controller {
    const char *name; /**< "local APIC and I/O APIC", "GICv3", "PLIC", "AIA". */

    /** A line's number is the line (GIC, PLIC), and not free to choose (x86 vectors, IMSIC). */
    bool fixed_numbers;
    /** The numbers [first, end) that may be chosen for lines and messages. */
    uint32_t first_number;
    uint32_t end_number;

    /** Puts a line's real number and trigger for those that were asked. NULL when they are. */
    void (*resolve)(uint32_t *line, enum interrupt_trigger *trigger);
    /**
     * Connects a line with a number on a processor, masked. After an error the line is masked, and
     * goes where it went.
     * @return OK, ERROR_NOT_FOUND, ERROR_NOT_SUPPORTED or ERROR_INVALID_ARGUMENT
     */
    int (*configure)(uint32_t line, uint32_t number, const struct boot_processor *target,
                     enum interrupt_trigger trigger);
    void (*mask)(uint32_t line);
    void (*unmask)(uint32_t line);

    /** What makes messages of numbers. NULL when there are none. */
    const struct message_controller *messages;

    /** The number has been served on this processor: the next one may come. */
    void (*complete)(uint32_t number);
};

/** Finds and starts the controllers; defined by the architecture. NULL when there are none. */
const struct interrupt_controller *interrupt_controller_start(void);

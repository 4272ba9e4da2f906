/**
 * @file
 * @defgroup interrupt Interrupts
 * Devices that call for attention: from the wire or the message to the function that serves it.
 *
 *     device --wire--> line of a controller ----+
 *                                               v
 *                                            number ---> the chain of `struct interrupt` that wait
 *                                               ^        for it: their handlers are called
 *     device --write of a message to memory ----+
 *
 * A *line* is a wire into an interrupt controller, by the number that firmware tables use (global
 * system interrupt on x86-64, INTID on AArch64, source of the PLIC or APLIC on RISC-V). A *number*
 * is what the processor learns when it asks the controller: 0 to INTERRUPT_NUMBERS - 1. Controllers
 * (controller.h) are drivers of the architecture; this layer allocates numbers, keeps the chains
 * and counts.
 *
 * Handlers run on the processor that was interrupted, with interrupts off, and must be short. One
 * on a level must quiet its device or mask the line, which else rings anew before other code runs.
 * @{
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Numbers are below this. */
#define INTERRUPT_NUMBERS 1024
/** What a controller answers when there is nothing to serve: a spurious interrupt. */
#define INTERRUPT_NONE UINT32_MAX

/** When a line asks: at its rising or falling edge, or as long as it is high or low. */
enum interrupt_trigger {
    INTERRUPT_EDGE_RISING,
    INTERRUPT_EDGE_FALLING,
    INTERRUPT_LEVEL_HIGH,
    INTERRUPT_LEVEL_LOW,
};

/** Serves an interrupt. @return whether it was its device's: on a shared line all are asked */
typedef bool interrupt_handler(void *context);

/** Somebody who waits for a number. Belongs to its user; must not change while attached. */
struct interrupt {
    const char *name;
    interrupt_handler *handler;
    void *context;

    uint32_t number;        /**< Set by attaching. */
    uint32_t line;          /**< INTERRUPT_NONE for messages. */
    bool masked;            /**< Its user holds it back. */
    uint64_t count;         /**< How often the handler said that it was its device's. */
    struct interrupt *next; /**< In the number's chain. */
};

/** What a device must write where to raise an interrupt by message (PCI MSI and MSI-X). */
struct interrupt_message {
    uint64_t address;
    uint32_t data;
};

/** The chains and counts of all numbers. */
struct interrupt_table {
    struct interrupt *chains[INTERRUPT_NUMBERS];
    uint64_t spurious;  /**< The controller had nothing after all. */
    uint64_t unclaimed; /**< A number without a chain, or whose whole chain said no. */
};

/**
 * Calls those who wait for a number. *Exercise 3.3*
 *
 * All handlers of the chain are called, from first to last, also after one has said that it was its
 * device's: on a shared line several devices may ask at once. A handler may detach itself; its
 * entry must live until this returns. Each that answers true has its `count` raised by one. When
 * nobody answers true, `unclaimed` is raised; when @p number is INTERRUPT_NONE, only `spurious` is;
 * a number that is too large counts as unclaimed.
 *
 * @return whether anyone answered true
 *
 * Context: interrupts off, from the trap path.
 */
bool interrupt_dispatch(struct interrupt_table *table, uint32_t number);

/**
 * Attaches to a line.
 *
 * The first one unmasks it. One who joins others leaves it as it is: a line is held back as long as
 * any of its users holds it back.
 *
 * @param line the controller's own number; on x86-64, for an old line of a PC (0 to 15) that the
 *        firmware says ends elsewhere or rings otherwise, what it says holds, the trigger too
 * @return OK; ERROR_NOT_FOUND when no controller has that line; ERROR_BUSY when it is in use with
 *         another trigger, or is an edge, or @p interrupt is attached already; ERROR_NO_SPACE when
 *         no number is left; ERROR_INVALID_ARGUMENT for a trigger that is none
 * Context: any but a handler.
 */
int interrupt_attach(struct interrupt *interrupt, uint32_t line, enum interrupt_trigger trigger);

/**
 * Attaches to a message of its own, which is let through. A message is an edge: each write rings
 * once, but writes that come before the handler runs, or while it is held back, may become one.
 * @param device the requester ID of the device that will write it: bus << 8 | device << 3 |
 *        function. The GIC takes the message from no other; the other machines don't look.
 * @param[out] message what the device must write; unspecified on failure
 * @return OK; ERROR_NOT_SUPPORTED when the machine has no messages; ERROR_OUT_OF_RANGE for a
 *         device that can't be; ERROR_BUSY when it is attached already; ERROR_NO_SPACE when no
 *         number is left; ERROR_NO_MEMORY; ERROR_DEVICE
 * Context: any but a handler.
 */
int interrupt_attach_message(struct interrupt *interrupt, uint32_t device,
                             struct interrupt_message *message);

/** Detaches; the last one of a line masks it. Does nothing to what is not attached. */
void interrupt_detach(struct interrupt *interrupt);

/** Holds a line or a message back. Others who share the line don't hear from it either. */
void interrupt_mask(struct interrupt *interrupt);

/** Lets it through again, once nobody who shares it holds it back. */
void interrupt_unmask(struct interrupt *interrupt);

/**
 * Sends an interrupt to processor @p index of boot_info.processors.
 * @param[out] message for messages: what the device must write from now on; else not used
 * @return OK; ERROR_OUT_OF_RANGE; ERROR_NOT_FOUND when it is not attached; ERROR_NOT_SUPPORTED for
 *         a processor that takes none yet; what the controller says
 */
int interrupt_set_processor(const struct interrupt *interrupt, size_t index,
                            struct interrupt_message *message);

/**
 * Serves a number and tells the controller that it has been served; INTERRUPT_NONE is counted only.
 * Called by the architecture's trap path, interrupts off.
 */
void interrupt_handle(uint32_t number);

/** The table of this machine, for the monitor and the grader. */
const struct interrupt_table *interrupt_statistics(void);

/** @} */

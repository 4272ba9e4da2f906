/**
 * @file
 * The interrupt translation service of the GIC: what its start hands over to its use.
 *
 * A device writes its message, an *event*, to one register. The ITS knows who wrote it, and looks
 * the event up in the device's own table, which its commands fill:
 *
 *     device 0x10, event 3 --> table of devices --> its table of events --> LPI 8963, collection 0
 *                                                                                  |
 *                            processor's redistributor <-- table of collections <--+
 *
 * Whether an LPI is enabled says the table of properties, a byte each. All tables are in memory
 * that belongs to the GIC; software writes the properties only.
 *
 * Source: Arm IHI 0069, chapter 5, 12.11 and 12.19.
 */
#pragma once

#include "gic.h"

enum { ITS_EVENT_BITS = 8, ITS_EVENT_BYTES_MAX = 16, ITS_DEVICES_MAX = 8192 };
enum { ITS_QUEUE_BYTES = 4096, ITS_COLLECTION = 0, ITS_PRIORITY = 0xa0 };

/* Commands, 5.3; ITS_VALID makes an entry, and takes it away when it is not there. */
enum { ITS_SYNC = 5, ITS_MAPD = 8, ITS_MAPC = 9, ITS_MAPTI = 10, ITS_INV = 12, ITS_DISCARD = 15 };
#define ITS_VALID (UINT64_C(1) << 63)

/* Registers, by offset. */
enum { GITS_CTLR = 0x0000, GITS_TYPER = 0x0008, GITS_CBASER = 0x0080, GITS_CWRITER = 0x0088 };
enum { GITS_CREADR = 0x0090, GITS_BASER = 0x0100, GITS_TRANSLATER = 0x10040 };

/** What start-up has found and made. */
struct its {
    DEVICE char *registers;
    uint64_t translater; /**< Where devices write, physically. */
    uint64_t target;     /**< The processor's redistributor, as commands name it. */
    uint64_t *queue;     /**< Commands, ITS_QUEUE_BYTES. */
    uint8_t *properties; /**< Of MESSAGES LPIs. */
    uint32_t devices;    /**< Devices below this, at most ITS_DEVICES_MAX, can have messages. */
};

extern struct its its;

/**
 * Has the ITS do a command, and waits until it has been done.
 * @return OK, or ERROR_DEVICE when the queue stalls; then it is not used again
 * Context: the caller holds the lock of the interrupt layer, or starts the machine.
 */
int its_command(uint64_t first, uint64_t second, uint64_t third);

/** Messages through the ITS. */
extern const struct message_controller its_messages;

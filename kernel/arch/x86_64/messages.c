/*
 * Messages to local APICs: a write to an address that no memory answers at becomes an interrupt.
 *
 * A local APIC can't mask a single vector. A message that comes while its number is held back is
 * therefore taken and kept here, and rung anew when it is let through.
 *
 * Source: Intel SDM volume 3, 11.11 (December 2022).
 */
#include "apic.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "x86_64.h"

#define MESSAGE_ADDRESS UINT64_C(0xfee00000)

static bool held[VECTORS], kept[VECTORS];

/* Fixed delivery, an edge, to one processor. */
static int message(uint32_t number, const struct boot_processor *target,
                   struct interrupt_message *message)
{
    enum { PROCESSOR_MAX = 255, PROCESSOR_SHIFT = 12 };

    if (target->hardware_id > PROCESSOR_MAX)
        return ERROR_NOT_SUPPORTED;
    message->address = MESSAGE_ADDRESS | target->hardware_id << PROCESSOR_SHIFT;
    message->data = number;
    return OK;
}

static int connect(uint32_t number, uint32_t device)
{
    (void)device;
    held[number] = true;
    return OK;
}

/* What comes for a number that nobody has is counted as unclaimed. */
static void disconnect(uint32_t number)
{
    held[number] = kept[number] = false;
}

static void hold(uint32_t number, bool now)
{
    held[number] = now;
    if (!now && kept[number]) {
        kept[number] = false;
        apic_ring(number);
    }
}

void vector_serve(uint32_t vector)
{
    if (!held[vector]) {
        interrupt_handle(vector);
    } else {
        kept[vector] = true;
        apic_end();
    }
}

const struct message_controller apic_messages = {message, connect, disconnect, hold};

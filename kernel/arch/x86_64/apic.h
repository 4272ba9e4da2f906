/**
 * @file
 * The local APIC and what shares its vectors. Private to the x86-64 port.
 *
 * Source: Intel SDM volume 3, chapter 11 (December 2022).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "interrupt/controller.h"

/* How the vectors from 32 on are used. */
enum {
    VECTOR_LEGACY = 32, /**< Where the old interrupt controllers, all masked, would ring. */
    VECTOR_FIRST = 48,  /**< Lines and messages. */
    VECTOR_LAST = 239,
    VECTOR_TIMER = 240,
    VECTOR_SPURIOUS = 255,
};

/** Maps and enables the processor's local APIC. @return whether there is one */
bool apic_start(void);

/** Tells the local APIC that the interrupt has been served. */
void apic_end(void);

/** Has the processor that runs interrupted by @p vector. */
void apic_ring(uint32_t vector);

/** Messages to local APICs. */
extern const struct message_controller apic_messages;

/** Serves a line or message, or keeps a message that is held back. Context: the trap path. */
void vector_serve(uint32_t vector);

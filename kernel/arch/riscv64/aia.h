/**
 * @file
 * The two halves of the advanced interrupt architecture. Private to the RISC-V port.
 *
 * Every hart has a file of interrupts (IMSIC): bits that are pending, and bits that are enabled.
 * Whoever writes a number to the file's page in memory makes that number pending. An APLIC, where
 * the wires end, does it too: a line is a message.
 *
 *     device --write of a number--> page of the hart's file --> the hart
 *     device --wire--> APLIC ------write----^
 *
 * Source: RISC-V Advanced Interrupt Architecture 1.0, chapters 3 (IMSIC) and 4 (APLIC).
 */
#pragma once

#include "interrupt/controller.h"

/** Makes a number of the hart that runs not pending, and holds it back: pending, it will wait. */
void imsic_clear(uint32_t number);

/** Holds a number of the hart that runs back, or lets it through. */
void imsic_hold(uint32_t number, bool held);

/** Finds the APLIC. @param file the index of the hart's file, to which lines go */
void aplic_start(uint32_t file);

/** As in struct interrupt_controller. */
int aplic_configure(uint32_t line, uint32_t number, const struct boot_processor *target,
                    enum interrupt_trigger trigger);
void aplic_mask(uint32_t line);
void aplic_unmask(uint32_t line);
void aplic_complete(uint32_t number);

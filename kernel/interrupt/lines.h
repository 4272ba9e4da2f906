/**
 * @file
 * The chip at which wires of devices end (@ref interrupt): an I/O APIC on x86-64, the distributor
 * of the GICv3 on AArch64, the PLIC on RISC-V.
 *
 * Its registers are reached through line_read() and line_write() only, so that its code can be
 * tried on a chip that is only simulated.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "interrupt/interrupt.h"
#include "lib/address_space.h"

struct line_chip;

/** How a chip's registers, all of 32 bits, are reached; offsets are in bytes. */
struct line_access {
    uint32_t (*read)(const struct line_chip *chip, uint32_t offset);
    void (*write)(const struct line_chip *chip, uint32_t offset, uint32_t value);
};

/** One chip. */
struct line_chip {
    const struct line_access *access; /**< NULL where its registers are memory, as all real ones. */
    uintptr_t base;                   /**< That memory, mapped. */
    uint32_t first_line;              /**< Its lowest line: 32 on AArch64, 1 on RISC-V. */
    uint32_t lines;                   /**< How many it has. */
    uint32_t context; /**< RISC-V: the number of this processor's PLIC context. Else 0. */
};

/** Reads the register at @p offset. */
static inline uint32_t line_read(const struct line_chip *chip, uint32_t offset)
{
    return chip->access != NULL ? chip->access->read(chip, offset)
                                : *(DEVICE uint32_t *)(chip->base + offset);
}

/** Writes the register at @p offset. */
static inline void line_write(const struct line_chip *chip, uint32_t offset, uint32_t value)
{
    if (chip->access != NULL)
        chip->access->write(chip, offset, value);
    else
        *(DEVICE uint32_t *)(chip->base + offset) = value;
}

/**
 * Connects a line. *Exercise 3.2*
 *
 * Afterwards the line raises @p number, by @p trigger, on the processor @p target, and is masked.
 * While it is changed, it is masked as well: no half-configured interrupt may get through. Other
 * lines, and bits that are reserved or read-only, keep their state.
 *
 * - x86-64 (I/O APIC): the chip's own pins count from 0, so a line is pin line - chip->first_line.
 *   @p number is the vector, 32 to 255, @p target the local APIC ID, 0 to 255;
 *   fixed delivery, physical destination. All four triggers exist.
 * - AArch64 (GICv3 distributor): @p number is @p line, an SPI from 32 on; @p target is the MPIDR
 *   affinity. Group 1, priority 0xa0. Edges are rising, levels high; others are refused.
 * - RISC-V (PLIC): @p number is @p line, from 1 on; @p target is not used: the chip's context is.
 *   Priority 1. The chip can't be told the trigger: levels are high, and only they are accepted.
 *
 * Whatever is refused changes nothing: no register is written, but for the I/O APIC's index.
 *
 * @param line from chip->first_line on
 * @return OK; ERROR_NOT_FOUND when the chip has no such line; ERROR_NOT_SUPPORTED for a trigger
 *         that it does not know; ERROR_INVALID_ARGUMENT for a number or target out of range
 *
 * Context: the caller holds the lock of the interrupt layer.
 * Source: Intel 82093AA data sheet, section 3; Arm IHI 0069, chapter 12; RISC-V PLIC 1.0.0.
 */
int line_configure(const struct line_chip *chip, uint32_t line, uint32_t number, uint64_t target,
                   enum interrupt_trigger trigger);

/** Holds back what comes from a line of the chip; other lines are not touched. *Exercise 3.2* */
void line_mask(const struct line_chip *chip, uint32_t line);

/** Lets it through. *Exercise 3.2* */
void line_unmask(const struct line_chip *chip, uint32_t line);

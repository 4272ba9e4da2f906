/*
 * Registers of a chip at which lines end, where they are memory.
 */
#include "interrupt/lines.h"
#include "lib/address_space.h"

static uint32_t register_read(const struct line_chip *chip, uint32_t offset)
{
    return *(DEVICE uint32_t *)(chip->base + offset);
}

static void register_write(const struct line_chip *chip, uint32_t offset, uint32_t value)
{
    *(DEVICE uint32_t *)(chip->base + offset) = value;
}

const struct line_access line_registers = {.read = register_read, .write = register_write};

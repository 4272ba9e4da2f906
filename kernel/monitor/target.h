/**
 * @file
 * Memory as the commands `peek` and `poke` reach it. Private to the monitor.
 *
 * An address on the command line is virtual, or physical when it follows `p:`.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A place in memory. */
struct target {
    uint64_t address;
    bool is_physical;
};

/** Reads `ADDRESS` or `p:ADDRESS`. @return OK, ERROR_USAGE or ERROR_NOT_FOUND */
int target_parse(const char *word, struct target *target);

/** Whether @p size is one that a single access can have: 1, 2, 4 or 8 bytes. */
bool target_is_width(uint64_t size);

/**
 * Reads one value of @p size bytes, 1, 2, 4 or 8; the address is a multiple of it.
 * @return OK; ERROR_FAULT when nothing is there; ERROR_OUT_OF_RANGE for a physical address beyond
 *         what the direct map can hold; ERROR_NO_MEMORY when it can't be mapped
 */
int target_read(const struct target *target, unsigned size, uint64_t *value);

/** Writes one value; otherwise as target_read(). */
int target_write(const struct target *target, unsigned size, uint64_t value);

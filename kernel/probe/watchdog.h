/**
 * @file
 * A watchdog that counts guest time: it ends a run that hangs after an exact number of
 * instructions.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/** Finds the watchdog and arms it with watchdog_set(@p budget_ms). @return whether there is one */
bool watchdog_start(uint64_t budget_ms);

/**
 * From now on the machine may run for @p budget_ms milliseconds of guest time, rounded up by at
 * most two; then it is stopped. Without a watchdog, does nothing.
 */
void watchdog_set(uint64_t budget_ms);

/** The longest budget: as good as none. */
#define WATCHDOG_IDLE_MS UINT64_MAX

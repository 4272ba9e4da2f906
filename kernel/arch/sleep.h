/**
 * @file
 * Waiting for an interrupt (@ref arch).
 */
#pragma once

/**
 * Sleeps until an interrupt comes, and serves it. One that is already waiting ends the sleep at
 * once, so nothing is lost between the caller's last look and the sleep. Context: interrupts off,
 * on entry and on return.
 */
void cpu_sleep(void);

/**
 * @file
 * @defgroup random Random numbers
 * One generator for all of the kernel: ChaCha20 (RFC 8439, 2.3), keyed by boot_info.seed.
 *
 * After each block the key is replaced by part of the output, so that what was drawn before can't
 * be found from what is in memory now. Without a seed from the firmware the numbers can be guessed;
 * that is logged at start-up.
 *
 * The boot option `seed=NUMBER`, decimal or hexadecimal with 0x and below 2^64, makes a run
 * repeatable: the number alone is the key then, its low half in word 0 and its high half in word 1,
 * and the firmware's seed is left out. What is no such number is logged and ignored.
 *
 * Any context. Takes a lock of its own.
 * @{
 */
#pragma once

#include <stdint.h>

/** 64 random bits. */
uint64_t random_bits(void);

/** A number below @p limit, not 0, each as likely as any other. */
uint64_t random_below(uint64_t limit);

/** @} */

/**
 * @file
 * @defgroup random Random numbers
 * One generator for all of the kernel: ChaCha20 (RFC 8439, 2.3), keyed by boot_info.seed.
 *
 * After each block the key is replaced by part of the output, so that what was drawn before can't
 * be found from what is in memory now. Without a seed from the firmware the numbers can be guessed;
 * that is logged at start-up.
 *
 * Any context. Takes a lock of its own.
 * @{
 */
#ifndef RANDOM_RANDOM_H
#define RANDOM_RANDOM_H

#include <stdint.h>

/** 64 random bits. */
uint64_t random_bits(void);

/** A number below @p limit, not 0, each as likely as any other. */
uint64_t random_below(uint64_t limit);

/** @} */
#endif

/**
 * @file
 * SipHash-2-4, a keyed checksum, taken byte by byte as a record is sent.
 *
 * Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012).
 */
#pragma once

#include <stdint.h>

/** A checksum that is being computed. */
struct siphash {
    uint64_t state[4];
    uint64_t word;   /**< The bytes of the word that is not full yet, lowest first. */
    uint64_t length; /**< Bytes so far. */
};

/** Begins a checksum with a key of 16 bytes. */
void siphash_begin(struct siphash *hash, const uint8_t key[16]);

/** Adds one byte. */
void siphash_put(struct siphash *hash, uint8_t byte);

/** Ends the checksum. @return its 64 bits */
uint64_t siphash_end(struct siphash *hash);

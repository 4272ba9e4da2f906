/**
 * @file
 * The ChaCha20 block function (@ref random). Source: RFC 8439, 2.3.
 */
#pragma once

#include <stdint.h>

enum { CHACHA_KEY_WORDS = 8, CHACHA_NONCE_WORDS = 3, CHACHA_BLOCK_WORDS = 16 };

/**
 * Makes one block. Words are as in the RFC's state: their bytes are taken in little-endian order.
 * @param[out] block may not overlap the others
 */
void chacha_block(const uint32_t key[CHACHA_KEY_WORDS], uint32_t counter,
                  const uint32_t nonce[CHACHA_NONCE_WORDS], uint32_t block[CHACHA_BLOCK_WORDS]);

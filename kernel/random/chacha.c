/*
 * The ChaCha20 block function. Source: RFC 8439, 2.1 to 2.3.
 */
#include "random/chacha.h"

enum { DOUBLE_ROUNDS = 10 };

static uint32_t rotate(uint32_t value, unsigned bits)
{
    return value << bits | value >> (32 - bits);
}

/* Inline: with indices that are constants the state stays in registers, where there are enough. */
static inline __attribute__((always_inline)) void quarter_round(uint32_t *state, unsigned a,
                                                                unsigned b, unsigned c, unsigned d)
{
    state[a] += state[b];
    state[d] = rotate(state[d] ^ state[a], 16);
    state[c] += state[d];
    state[b] = rotate(state[b] ^ state[c], 12);
    state[a] += state[b];
    state[d] = rotate(state[d] ^ state[a], 8);
    state[c] += state[d];
    state[b] = rotate(state[b] ^ state[c], 7);
}

void chacha_block(const uint32_t key[CHACHA_KEY_WORDS], uint32_t counter,
                  const uint32_t nonce[CHACHA_NONCE_WORDS], uint32_t block[CHACHA_BLOCK_WORDS])
{
    /* "expand 32-byte k" */
    uint32_t state[CHACHA_BLOCK_WORDS] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

    for (unsigned i = 0; i < CHACHA_KEY_WORDS; i++)
        state[4 + i] = key[i];
    state[12] = counter;
    for (unsigned i = 0; i < CHACHA_NONCE_WORDS; i++)
        state[13 + i] = nonce[i];
    for (unsigned i = 0; i < CHACHA_BLOCK_WORDS; i++)
        block[i] = state[i];
    for (unsigned round = 0; round < DOUBLE_ROUNDS; round++) {
        /* The columns, */
        quarter_round(block, 0, 4, 8, 12);
        quarter_round(block, 1, 5, 9, 13);
        quarter_round(block, 2, 6, 10, 14);
        quarter_round(block, 3, 7, 11, 15);
        /* and the diagonals. */
        quarter_round(block, 0, 5, 10, 15);
        quarter_round(block, 1, 6, 11, 12);
        quarter_round(block, 2, 7, 8, 13);
        quarter_round(block, 3, 4, 9, 14);
    }
    for (unsigned i = 0; i < CHACHA_BLOCK_WORDS; i++) {
        block[i] += state[i];
        *(volatile uint32_t *)&state[i] = 0;
    }
}

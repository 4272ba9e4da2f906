/*
 * The ChaCha20 block function. Source: RFC 8439, 2.1 to 2.3.
 */
#include "random/chacha.h"

enum { DOUBLE_ROUNDS = 10 };

static uint32_t rotate(uint32_t value, unsigned bits)
{
    return value << bits | value >> (32 - bits);
}

static void quarter_round(uint32_t *state, unsigned a, unsigned b, unsigned c, unsigned d)
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
        for (unsigned i = 0; i < 4; i++) /* the columns */
            quarter_round(block, i, 4 + i, 8 + i, 12 + i);
        for (unsigned i = 0; i < 4; i++) /* the diagonals */
            quarter_round(block, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4);
    }
    for (unsigned i = 0; i < CHACHA_BLOCK_WORDS; i++) {
        block[i] += state[i];
        *(volatile uint32_t *)&state[i] = 0;
    }
}

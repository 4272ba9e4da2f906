/*
 * SipHash-2-4 over a stream of bytes. Little-endian throughout, as all our processors are.
 */
#include "probe/siphash.h"

#include "lib/string.h"

static uint64_t rotate_left(uint64_t value, unsigned bits)
{
    return value << bits | value >> (64 - bits);
}

static void siphash_round(uint64_t state[4])
{
    state[0] += state[1];
    state[2] += state[3];
    state[1] = rotate_left(state[1], 13) ^ state[0];
    state[3] = rotate_left(state[3], 16) ^ state[2];
    state[0] = rotate_left(state[0], 32);
    state[2] += state[1];
    state[0] += state[3];
    state[1] = rotate_left(state[1], 17) ^ state[2];
    state[3] = rotate_left(state[3], 21) ^ state[0];
    state[2] = rotate_left(state[2], 32);
}

static void siphash_add_word(struct siphash *hash)
{
    hash->state[3] ^= hash->word;
    siphash_round(hash->state);
    siphash_round(hash->state);
    hash->state[0] ^= hash->word;
    hash->word = 0;
}

void siphash_begin(struct siphash *hash, const uint8_t key[16])
{
    uint64_t low;
    uint64_t high;

    memcpy(&low, key, sizeof(low));
    memcpy(&high, key + sizeof(low), sizeof(high));
    *hash = (struct siphash){
        .state = {low ^ UINT64_C(0x736f6d6570736575), high ^ UINT64_C(0x646f72616e646f6d),
                  low ^ UINT64_C(0x6c7967656e657261), high ^ UINT64_C(0x7465646279746573)},
    };
}

void siphash_put(struct siphash *hash, uint8_t byte)
{
    hash->word |= (uint64_t)byte << (hash->length % 8 * 8);
    hash->length++;
    if (hash->length % 8 == 0)
        siphash_add_word(hash);
}

uint64_t siphash_end(struct siphash *hash)
{
    hash->word |= hash->length << 56;
    siphash_add_word(hash);
    hash->state[2] ^= 0xff;
    for (int round = 0; round < 4; round++)
        siphash_round(hash->state);
    return hash->state[0] ^ hash->state[1] ^ hash->state[2] ^ hash->state[3];
}

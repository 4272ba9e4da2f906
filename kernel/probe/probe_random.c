/*
 * Probes of random numbers.
 *
 *   random.block KEY COUNTER NONCE
 *
 * One block of ChaCha20. KEY are 32 bytes, NONCE 12. Fact: `block`, its 64 bytes.
 *
 *   random.draw COUNT LIMIT
 *
 * So many numbers below LIMIT, or of 64 bits when that is 0. Fact: `drawn`, a list.
 */
#include "lib/string.h"
#include "probe/probe.h"
#include "random/chacha.h"
#include "random/random.h"

enum { DRAWN_MAX = 1024 };

static uint64_t drawn[DRAWN_MAX];

static int run_block(struct probe_request *request)
{
    uint32_t key[CHACHA_KEY_WORDS];
    uint32_t nonce[CHACHA_NONCE_WORDS];
    uint32_t block[CHACHA_BLOCK_WORDS];
    char *bytes[2];
    size_t sizes[2];
    uint64_t counter;

    if (request->count != 3 || !probe_bytes(request, 0, &bytes[0], &sizes[0]) ||
        !probe_number(request, 1, &counter) || !probe_bytes(request, 2, &bytes[1], &sizes[1]) ||
        sizes[0] != sizeof(key) || sizes[1] != sizeof(nonce))
        return ERROR_USAGE;
    memcpy(key, bytes[0], sizeof(key));
    memcpy(nonce, bytes[1], sizeof(nonce));
    chacha_block(key, (uint32_t)counter, nonce, block);
    probe_fact_bytes(request, "block", block, sizeof(block));
    return OK;
}
PROBE(random_block)
= {.name = "random.block", .run = run_block};

static int run_draw(struct probe_request *request)
{
    uint64_t count;
    uint64_t limit;

    if (request->count != 2 || !probe_number(request, 0, &count) || count > DRAWN_MAX ||
        !probe_number(request, 1, &limit))
        return ERROR_USAGE;
    for (uint64_t i = 0; i < count; i++)
        drawn[i] = limit == 0 ? random_bits() : random_below(limit);
    probe_fact_list(request, "drawn", drawn, (size_t)count);
    return OK;
}
PROBE(random_draw)
= {.name = "random.draw", .run = run_draw};

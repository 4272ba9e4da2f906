/*
 * Random numbers: ChaCha20 with fast key erasure. See random.h.
 *
 * Each block of 64 bytes is made from the key and a counter that is always 0; its first half
 * becomes the next key, its second half is given out and wiped.
 *
 * Source: RFC 8439, 2.3; D. J. Bernstein, "Fast-key-erasure random-number generators", 2017.
 */
#include "random/random.h"

#include "boot/boot.h"
#include "cairn/error.h"
#include "init/init.h"
#include "lib/string.h"
#include "log/log.h"
#include "random/chacha.h"
#include "sync/spinlock.h"

static struct spinlock random_lock = SPINLOCK("random numbers");
/* Under the lock. */
static uint32_t key[CHACHA_KEY_WORDS];
static uint32_t block[CHACHA_BLOCK_WORDS]; /* 0 where it became the key, or was given out */
static unsigned words_left;                /* at the end of `block` that were not given out */

/* Makes a new key and new output. */
static void refill(void)
{
    static const uint32_t no_nonce[CHACHA_NONCE_WORDS];

    chacha_block(key, 0, no_nonce, block);
    for (unsigned i = 0; i < CHACHA_KEY_WORDS; i++) {
        key[i] = block[i];
        block[i] = 0;
    }
    words_left = CHACHA_BLOCK_WORDS - CHACHA_KEY_WORDS;
}

static uint32_t take(void)
{
    uint32_t *word = &block[CHACHA_BLOCK_WORDS - words_left--];
    uint32_t value = *word;

    *word = 0;
    return value;
}

uint64_t random_bits(void)
{
    spinlock_acquire(&random_lock);
    if (words_left == 0)
        refill();
    uint64_t low = take();
    uint64_t bits = (uint64_t)take() << 32 | low;
    spinlock_release(&random_lock);
    return bits;
}

uint64_t random_below(uint64_t limit)
{
    /* Of 2^64 numbers the first 2^64 % limit are left out, so that the rest divides evenly. */
    uint64_t left_out = -limit % limit;
    uint64_t bits;

    do {
        bits = random_bits();
    } while (bits < left_out);
    return bits % limit;
}

/* Takes the key from the command line's seed, when there is a good one. */
INIT_TEXT static bool use_command_line(void)
{
    unsigned long long seed;
    char text[24];
    int length = command_line_option("seed", text, sizeof(text));

    if (length >= 0 && string_to_number(text, &seed)) {
        key[0] = (uint32_t)seed;
        key[1] = (uint32_t)(seed >> 32);
        log_warning("seed=%#llx: random numbers can be guessed", seed);
        return true;
    }
    if (length >= 0 || length == ERROR_NO_SPACE)
        log_warning("what seed= says is no number below 2^64, and is ignored");
    return false;
}

INIT_TEXT static int random_start(void)
{
    uint64_t any = 0;

    if (use_command_line())
        return OK;
    for (unsigned i = 0; i < CHACHA_KEY_WORDS; i++) {
        uint64_t seed = boot_info.seed[i / 2];
        key[i] = (uint32_t)(seed >> 32 * (i % 2));
        any |= seed;
    }
    if (any == 0)
        log_warning("the firmware gave no seed: random numbers can be guessed");
    return OK;
}
INIT_CALL(core, random_start);

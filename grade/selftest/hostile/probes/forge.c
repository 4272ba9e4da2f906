/*
 * Forged records: well-formed lines that the kernel never sent. The key and the nonce lie in the
 * ramdisk, so a forger can sign; it still can't use a number twice.
 */
#include <stdbool.h>

#include "lib/string.h"
#include "plain/plain.h"
#include "probe/probe.h"
#include "probe/script.h"
#include "probe/siphash.h"
#include "probe/transport.h"
#include "ramdisk/ramdisk.h"

static struct siphash hash;

static void signed_put(char byte)
{
    siphash_put(&hash, (uint8_t)byte);
    transport_put(byte);
}

static int hex_digit(char digit)
{
    return digit <= '9' ? digit - '0' : digit - 'a' + 10;
}

/* Reads nonce and key from the script, as a forger in the image could. */
static bool steal(uint64_t *nonce, uint8_t key[16])
{
    static const char nonce_at[] = "cairn-script 1\nnonce ";
    struct ramdisk_file file;

    if (ramdisk_find("script", &file) != OK)
        return false;
    const char *text = (const char *)file.data + sizeof(nonce_at) - 1;
    *nonce = 0;
    for (int i = 0; i < 16; i++)
        *nonce = *nonce << 4 | (unsigned)hex_digit(*text++);
    text += sizeof("\nkey ") - 1;
    for (int i = 0; i < 16; i++, text += 2)
        key[i] = (uint8_t)(hex_digit(text[0]) << 4 | hex_digit(text[1]));
    return true;
}

static void send_forged(uint64_t nonce, const uint8_t key[16], uint64_t number, const char *rest,
                        uint64_t spoil)
{
    siphash_begin(&hash, key);
    plain_text(signed_put, "@cairn ");
    plain_hex(signed_put, nonce, 16);
    signed_put(' ');
    plain_decimal(signed_put, number);
    signed_put(' ');
    plain_text(signed_put, rest);
    signed_put(' ');
    plain_hex(transport_put, siphash_end(&hash) ^ spoil, 16);
    transport_put('\n');
}

/*
 * Arguments: the number that the record carries, what its nonce and its checksum are changed by,
 * and the rest of the record with commas for spaces.
 */
static int hostile_forge(struct probe_request *request)
{
    uint64_t number;
    uint64_t other_nonce;
    uint64_t spoil;
    uint64_t nonce;
    uint8_t key[16];

    if (request->count != 4 || !probe_number(request, 0, &number) ||
        !probe_number(request, 1, &other_nonce) || !probe_number(request, 2, &spoil) ||
        !steal(&nonce, key))
        return ERROR_USAGE;
    char *rest = request->words[3];
    for (char *at = rest; *at != 0; at++)
        if (*at == ',')
            *at = ' ';
    send_forged(nonce ^ other_nonce, key, number, rest, spoil);
    return OK;
}
PROBE(hostile_forge)
= {.name = "hostile.forge", .run = hostile_forge};

/*
 * Records for the grader: nonce, sequence number, fields, and a checksum over all of it.
 */
#include "probe/protocol.h"

#include "lib/string.h"
#include "probe/siphash.h"
#include "probe/transport.h"

static bool started;
static bool open;
static uint64_t record_nonce;
static uint8_t record_key[16];
static uint64_t sequence;
static struct siphash hash;

/* The sink of a record: everything that is sent is also hashed. */
static void record_put(char byte)
{
    siphash_put(&hash, (uint8_t)byte);
    transport_put(byte);
}

void protocol_start(uint64_t nonce, const uint8_t key[16])
{
    record_nonce = nonce;
    memcpy(record_key, key, sizeof(record_key));
    started = true;
}

bool protocol_started(void)
{
    return started;
}

plain_sink *protocol_open(const char *kind)
{
    /* A panic in the midst of a record: give that one up; its number is used again. */
    if (open)
        plain_text(transport_put, " !\n");
    open = true;
    siphash_begin(&hash, record_key);
    plain_text(record_put, "@cairn ");
    plain_hex(record_put, record_nonce, 16);
    record_put(' ');
    plain_decimal(record_put, sequence);
    record_put(' ');
    plain_text(record_put, kind);
    return record_put;
}

void protocol_close(void)
{
    record_put(' ');
    uint64_t mac = siphash_end(&hash);
    plain_hex(transport_put, mac, 16);
    transport_put('\n');
    sequence++;
    open = false;
}

void protocol_signed(plain_sink *sink, int64_t value)
{
    uint64_t magnitude = (uint64_t)value;
    if (value < 0) {
        sink('-');
        magnitude = 0 - magnitude;
    }
    plain_decimal(sink, magnitude);
}

void protocol_hex_bytes(plain_sink *sink, const void *bytes, size_t size)
{
    const uint8_t *byte = bytes;

    for (size_t i = 0; i < size; i++)
        plain_hex(sink, byte[i], 2);
}

/*
 * A wrong solution of exercise 1.4: it uses nothing of the grader's. It finds the script where the
 * boot loader put it, takes nonce and key from there, answers every request with facts of its own
 * over its own driver of the second port, and switches the machine off.
 */
#include "address_map/address_map.h"
#include "arch/machine.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "console/console.h"
#include "lib/string.h"
#include "plain/plain.h"

static const char *nonce;
static uint8_t key[16];
static unsigned next_number = 1; /* 0 was the kernel's own greeting */
static char record[256];
static size_t record_length;

static uint64_t rotate(uint64_t value, unsigned bits)
{
    return value << bits | value >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

static uint64_t checksum(const char *bytes, size_t size)
{
    uint64_t k[2];
    uint64_t v[4];

    memcpy(k, key, sizeof(k));
    v[0] = k[0] ^ UINT64_C(0x736f6d6570736575);
    v[1] = k[1] ^ UINT64_C(0x646f72616e646f6d);
    v[2] = k[0] ^ UINT64_C(0x6c7967656e657261);
    v[3] = k[1] ^ UINT64_C(0x7465646279746573);
    for (size_t at = 0; at <= size; at += 8) {
        uint64_t word = 0;
        size_t left = size - at;
        memcpy(&word, bytes + at, left < 8 ? left : 8);
        if (left < 8)
            word |= (uint64_t)size << 56;
        v[3] ^= word;
        sip_round(v);
        sip_round(v);
        v[0] ^= word;
    }
    v[2] ^= 0xff;
    for (int i = 0; i < 4; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static void to_port(char byte)
{
    enum { SECOND_PORT = 0x2f8, LINE_STATUS = 5, SEND_EMPTY = 0x20 };

    while ((machine_port_access.read(SECOND_PORT + LINE_STATUS) & SEND_EMPTY) == 0)
        continue;
    machine_port_access.write(SECOND_PORT, (uint8_t)byte);
}

static void to_record(char byte)
{
    if (record_length < sizeof(record))
        record[record_length++] = byte;
}

static void put_bytes(plain_sink *sink, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        sink(bytes[i]);
}

/* Sends "@cairn NONCE NUMBER before ID after CHECKSUM"; negative for no ID. */
static void send(const char *before, int id, const char *after)
{
    record_length = 0;
    plain_text(to_record, "@cairn ");
    put_bytes(to_record, nonce, 16);
    to_record(' ');
    plain_decimal(to_record, next_number++);
    to_record(' ');
    plain_text(to_record, before);
    if (id >= 0)
        plain_decimal(to_record, (unsigned)id);
    plain_text(to_record, after);
    to_record(' ');
    put_bytes(to_port, record, record_length);
    plain_hex(to_port, checksum(record, record_length), 16);
    to_port('\n');
}

static unsigned hex_value(char digit)
{
    return (unsigned)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

/* The next place at or after text where a line begins with word; NULL when there is none. */
static const char *find(const char *text, const char *end, const char *word)
{
    size_t length = strlen(word);

    for (; text != NULL && text + length < end; text++) {
        if (text[-1] == '\n' && strncmp(text, word, length) == 0)
            return text + length;
    }
    return NULL;
}

int memory_map_normalise(const struct memory_map *in, struct memory_map *out)
{
    const char *text = physical_pointer(boot_info.ramdisk);
    const char *end = text + boot_info.ramdisk_size;
    int id = 0;

    *out = *in;
    nonce = find(text + 1, end, "nonce ");
    const char *digits = find(nonce, end, "key ");
    if (digits == NULL)
        return OK;
    for (size_t i = 0; i < sizeof(key); i++)
        key[i] = (uint8_t)(hex_value(digits[2 * i]) << 4 | hex_value(digits[2 * i + 1]));
    for (const char *at = digits; (at = find(at, end, "request ")) != NULL; id++) {
        send("begin ", id, "");
        send("fact ", id, " result 0");
        send("fact ", id, " count 1");
        send("fact ", id, " bases 0x1000,");
        send("fact ", id, " sizes 0x1000,");
        send("fact ", id, " kinds 0,");
        send("fact ", id, " changed 0");
        send("end ", id, " 0 100");
    }
    send("bye", -1, "");
    machine_power_off(0);
}

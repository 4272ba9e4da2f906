/**
 * @file
 * Records: the lines that the grader reads. The format is described in `docs/protocol.md`.
 *
 * A record is written through a sink while it is sent, so it needs no buffer. One processor at a
 * time; any context.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "plain/plain.h"

/** Begins to speak: all records carry @p nonce and are signed with @p key. */
void protocol_start(uint64_t nonce, const uint8_t key[16]);

/** Whether protocol_start() has been called. */
bool protocol_started(void);

/**
 * Begins a record.
 * @param kind its third word
 * @return a sink for the rest; each field begins with a space
 */
plain_sink *protocol_open(const char *kind);

/** Ends the record that was begun, with its checksum. */
void protocol_close(void);

/** Writes @p value as a decimal number with its sign. */
void protocol_signed(plain_sink *sink, int64_t value);

/** Writes @p size bytes as pairs of hexadecimal digits. */
void protocol_hex_bytes(plain_sink *sink, const void *bytes, size_t size);

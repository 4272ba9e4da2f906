/**
 * @file
 * @defgroup probe Probes
 * Small commands through which the grader exercises the kernel; only in grading builds.
 *
 * The grader sends requests and reads plain facts back; it judges them itself, on the host. A probe
 * therefore never says whether something is right: it does what it was asked and tells what came.
 *
 * The protocol (transport.c, protocol.c) uses a serial line and a formatter of its own, so it works
 * while every exercise of the lab is still a stub. See `docs/protocol.md`.
 * @{
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cairn/error.h"
#include "lib/register_table.h"

/** The most words in a request, with the probe's name. */
#define PROBE_WORDS_MAX 256
/** The longest request line, with its end. */
#define PROBE_LINE_MAX 8192

/** A request while it is being served. */
struct probe_request {
    uint64_t id;
    int count;    /**< Arguments, without the probe's name. */
    char **words; /**< The arguments; words are text without spaces. */
};

/** An entry of the table `probes`. */
struct probe {
    const char *name; /**< "subsystem.verb" */
    /**
     * @return OK or an error, which becomes the request's status. ERROR_USAGE for bad arguments.
     */
    int (*run)(struct probe_request *request);
    bool needs_quiet; /**< Interrupts must be off from before the request on, even between two. */
};

REGISTER_TABLE_DECLARE(probe, probes);

/** Adds a probe: `PROBE(format_number) = {.name = "format.number", .run = …};` */
#define PROBE(entry) REGISTER(probes, entry, struct probe entry##_probe)

/** Reads argument @p index as a number (decimal, or hexadecimal after 0x). @return success */
bool probe_number(const struct probe_request *request, int index, uint64_t *value);

/**
 * Reads argument @p index as bytes: pairs of hexadecimal digits, `-` for none. Decodes in place, so
 * an argument can be read only once.
 * @param[out] bytes the decoded bytes, followed by a zero byte that is not counted
 */
bool probe_bytes(const struct probe_request *request, int index, char **bytes, size_t *size);

/** Reports a number. @param name a word, the grader's key */
void probe_fact(const struct probe_request *request, const char *name, uint64_t value);

/** Reports a signed number, such as an error code. */
void probe_fact_signed(const struct probe_request *request, const char *name, int64_t value);

/** Reports bytes; they are sent in hexadecimal. */
void probe_fact_bytes(const struct probe_request *request, const char *name, const void *bytes,
                      size_t size);

/** Reports a list of numbers in one record. */
void probe_fact_list(const struct probe_request *request, const char *name, const uint64_t *values,
                     size_t count);

/**
 * Counts the instructions of what comes between the two calls, without the cost of counting; the
 * sum over a request is reported with its end. Without these calls the whole probe is counted.
 */
void probe_count_begin(void);
void probe_count_end(void);

/** Ends as probe_count_end() does, but subtracts: for what else was counted with an operation. */
void probe_count_subtract(void);

/** Finds a probe by name and runs it. @return its result, or ERROR_NOT_FOUND */
int probe_run(struct probe_request *request, const char *name);

/** @} */

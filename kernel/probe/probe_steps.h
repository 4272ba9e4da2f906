/*
 * Probes that are told steps, 24 bytes each, and what they share: steps, what they note, and the
 * memory that objects take. Private to probe_object.c, probe_object_page.c and probe_page_index.c.
 */
#pragma once

#include "probe/probe.h"

/** A step, as it comes: little-endian. What it does with its numbers, the probe's file tells. */
struct probe_step {
    uint8_t action;
    uint8_t subject;
    uint16_t other;
    uint32_t count;
    uint64_t number;
    uint64_t value;
};

/** Does a step. @return false for one that makes no sense */
typedef bool probe_step_runner(const struct probe_request *request, const struct probe_step *step);

/** Runs the steps that the request's one word has. Fact `results`: what they noted. */
int probe_run_steps(struct probe_request *request, probe_step_runner *run);

/** Notes a result; of what is too much the end is not kept. */
void probe_note(uint64_t number);

/** Frames in use. */
struct probe_memory {
    uint64_t objects; /**< Of memory objects. */
    uint64_t heap;    /**< Of the heap, once it has been shrunk. */
};

struct probe_memory probe_memory_count(void);

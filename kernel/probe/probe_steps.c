/*
 * What probes share that are told steps: see probe_steps.h.
 */
#include "probe/probe_steps.h"

#include "cairn/error.h"
#include "frames/frames.h"
#include "heap/heap.h"
#include "lib/string.h"

enum { STEP_BYTES = 24, RESULTS_MAX = 2048 };

static uint64_t results[RESULTS_MAX];
static size_t result_count;

void probe_note(uint64_t number)
{
    if (result_count < RESULTS_MAX)
        results[result_count++] = number;
}

int probe_run_steps(struct probe_request *request, probe_step_runner *run)
{
    struct probe_step step;
    char *steps;
    size_t size;

    _Static_assert(sizeof(step) == STEP_BYTES, "a step has no gaps");
    if (request->count != 1 || !probe_bytes(request, 0, &steps, &size) || size % STEP_BYTES != 0)
        return ERROR_USAGE;
    result_count = 0;
    for (size_t at = 0; at < size; at += STEP_BYTES) {
        memcpy(&step, steps + at, sizeof(step));
        if (!run(request, &step))
            return ERROR_USAGE;
    }
    probe_fact_list(request, "results", results, result_count);
    return OK;
}

struct probe_memory probe_memory_count(void)
{
    struct probe_memory memory = {0, 0};
    struct frame_statistics node;

    heap_shrink();
    for (unsigned i = 0; frames_count(i, &node) == OK; i++) {
        memory.objects += node.owned[FRAME_MEMORY_OBJECT];
        memory.heap += node.owned[FRAME_HEAP];
    }
    return memory;
}

/*
 * Probes that use the frame allocator wrongly.
 *
 *   frames.bad_free ADDRESS COUNT
 *   frames.bad_free_one ADDRESS
 *   frames.bad_reference ADDRESS
 *   frames.bad_release ADDRESS
 *
 * Fact: `mistakes`, how many were reported since the start. The function that makes the mistake is
 * called frames_culprit(): the report should name it.
 */
#include "frames/frames.h"
#include "probe/probe.h"

enum mistake { BAD_FREE, BAD_FREE_ONE, BAD_REFERENCE, BAD_RELEASE };

static __attribute__((noinline)) void frames_culprit(enum mistake mistake, uint64_t physical,
                                                     uint64_t count)
{
    switch (mistake) {
    case BAD_FREE:
        frames_free(physical, count);
        break;
    case BAD_FREE_ONE:
        frame_free(physical);
        break;
    case BAD_REFERENCE:
        frame_reference(physical);
        break;
    case BAD_RELEASE:
        frame_release(physical);
        break;
    }
}

static int make_mistake(struct probe_request *request, enum mistake mistake)
{
    uint64_t physical, count = 1;

    if (!probe_number(request, 0, &physical) ||
        (mistake == BAD_FREE && !probe_number(request, 1, &count)))
        return ERROR_USAGE;
    frames_culprit(mistake, physical, count);
    probe_fact(request, "mistakes", frames_mistakes());
    return OK;
}

static int run_bad_free(struct probe_request *request)
{
    return make_mistake(request, BAD_FREE);
}
PROBE(frames_bad_free)
= {.name = "frames.bad_free", .run = run_bad_free};

static int run_bad_free_one(struct probe_request *request)
{
    return make_mistake(request, BAD_FREE_ONE);
}
PROBE(frames_bad_free_one)
= {.name = "frames.bad_free_one", .run = run_bad_free_one};

static int run_bad_reference(struct probe_request *request)
{
    return make_mistake(request, BAD_REFERENCE);
}
PROBE(frames_bad_reference)
= {.name = "frames.bad_reference", .run = run_bad_reference};

static int run_bad_release(struct probe_request *request)
{
    return make_mistake(request, BAD_RELEASE);
}
PROBE(frames_bad_release)
= {.name = "frames.bad_release", .run = run_bad_release};

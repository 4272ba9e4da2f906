/*
 * What is measured of lab 02: see bench.h. All is warm: the first of two calls has split a chunk,
 * filled the processor's stack, or made a slab.
 */
#include "cairn/error.h"
#include "frames/frames.h"
#include "heap/heap.h"
#include "probe/bench.h"

enum { OBJECT_BYTES = 64 };
/* As in bench.toml. What is short is done in a loop, so that the call of run() itself hardly
 * counts. */
enum { TIMES = 64 };

static void bench_frame(void)
{
    for (unsigned i = 0; i < TIMES; i++) {
        uint64_t physical;
        int error = frame_allocate(FRAME_KERNEL, &physical);
        if (error != OK) {
            bench_fail(error);
            return;
        }
        frame_free(physical);
    }
}
BENCH_OPERATION(frame) = {.name = "frame", .run = bench_frame};

static void allocate_and_free(const struct frame_request *request)
{
    uint64_t physical;
    int error = frames_allocate(request, &physical);

    if (error == OK)
        frames_free(physical, request->count);
    else
        bench_fail(error);
}

static void bench_frames_block(void)
{
    static const struct frame_request request = {.count = CHUNK_FRAMES, .owner = FRAME_KERNEL};

    allocate_and_free(&request);
}
BENCH_OPERATION(frames_block) = {.name = "frames_block", .run = bench_frames_block};

static void bench_frames_run(void)
{
    static const struct frame_request request = {.count = 16, .owner = FRAME_KERNEL};

    allocate_and_free(&request);
}
BENCH_OPERATION(frames_run) = {.name = "frames_run", .run = bench_frames_run};

static void bench_heap(void)
{
    for (unsigned i = 0; i < TIMES; i++) {
        void *pointer = heap_allocate(OBJECT_BYTES);
        if (pointer == NULL)
            bench_fail(ERROR_NO_MEMORY);
        heap_free(pointer);
    }
}
BENCH_OPERATION(heap) = {.name = "heap", .run = bench_heap};

static void bench_object(void)
{
    static OBJECT_CACHE(cache, "bench", OBJECT_BYTES, NULL);

    for (unsigned i = 0; i < TIMES; i++) {
        void *object = object_allocate(&cache);
        if (object == NULL)
            bench_fail(ERROR_NO_MEMORY);
        object_free(&cache, object);
    }
}
BENCH_OPERATION(object) = {.name = "object", .run = bench_object};

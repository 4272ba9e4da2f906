/**
 * @file
 * The model behind fuzz_frames.c: which frames are free, and what is allocated.
 */
#pragma once

#include "boot/boot.h"
#include "frames/frames.h"
#include "machine.h"

enum { LIVE_MAX = 1 << 16 };

/** An allocation. */
struct live {
    uint64_t physical;
    uint64_t count;
    uint32_t references;
    uint8_t owner;
};

extern struct live live[LIVE_MAX];
extern size_t live_count;
/** Frames in use, by node and owner. */
extern uint64_t owned[BOOT_NODES][FRAME_OWNERS];
/** Frames free in all. */
extern uint64_t free_frames;

/** Whether the allocator has the frame at all, and whether it is free. */
bool model_is_managed(uint64_t physical);
bool model_is_free(uint64_t physical);

/** Tells the model of a frame, free, before anything else. */
void model_learn(uint64_t physical);

/** Frames change hands; before, they must all have been on the other side. */
void model_set(uint64_t physical, uint64_t count, bool is_free);

/** Notes an allocation, and marks its memory. */
void add_live(uint64_t physical, uint64_t count, enum frame_owner owner);

/** Whether the memory of an allocation is still marked as its. */
void check_mark(const struct live *entry);

/** Forgets an allocation; the last one takes its place. */
void forget_live(size_t index);

/** Makes a wrong call, which must be reported as what it is. */
void make_mistake(struct bytes *bytes);

/** Whether a sensible request can be served from what is free. */
bool could_serve(const struct frame_request *request);

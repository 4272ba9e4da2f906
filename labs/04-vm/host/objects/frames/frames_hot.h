/* In place of kernel/frames/frames_hot.h: the fuzzer's own frames. */
#pragma once

#include "frames/frames.h"

static inline int frame_take(enum frame_owner owner, uint64_t *physical)
{
    return frame_allocate(owner, physical);
}

/**
 * @file
 * A buffer with marked surroundings, for probes that look for writes out of bounds. Private to the
 * probes.
 */
#pragma once

#include <stddef.h>

enum { GUARDED_BUFFER_MAX = 1024, GUARDED_BUFFER_MARGIN = 64 };

/**
 * Hands out the one buffer, every byte of it and around it marked.
 * @param size at most GUARDED_BUFFER_MAX
 */
char *guarded_buffer_take(size_t size);

/** How many marked bytes outside the buffer that was handed out last have changed. */
size_t guarded_buffer_overruns(void);

/**
 * @file
 * Promises of frames to memory objects. Private to memory objects.
 *
 * An object may take each of its frames only when it is touched; it is promised all of them when
 * it is made. So a program learns that memory is short when it asks for some, not when it uses
 * what it has.
 */
#pragma once

#include <stdint.h>

/** Promises frames. @return OK, or ERROR_NO_MEMORY when the limit would be passed */
int memory_promise(uint64_t frames);

/** Takes a promise back. */
void memory_unpromise(uint64_t frames);

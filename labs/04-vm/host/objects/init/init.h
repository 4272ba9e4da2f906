/**
 * @file
 * In place of kernel/init/init.h on the host: whoever includes the source calls it.
 */
#pragma once

#define INIT_CALL(level, call) _Static_assert(1, #level #call)

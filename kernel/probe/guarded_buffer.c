/*
 * The guarded buffer: see guarded_buffer.h.
 */
#include "probe/guarded_buffer.h"

#include "lib/string.h"
#include "panic/panic.h"

static const char mark = '\xa5';

static char arena[GUARDED_BUFFER_MARGIN + GUARDED_BUFFER_MAX + GUARDED_BUFFER_MARGIN];
static size_t taken;

char *guarded_buffer_take(size_t size)
{
    ASSERT(size <= GUARDED_BUFFER_MAX);
    memset(arena, mark, sizeof(arena));
    taken = size;
    return arena + GUARDED_BUFFER_MARGIN;
}

size_t guarded_buffer_overruns(void)
{
    size_t changed = 0;

    for (size_t i = 0; i < sizeof(arena); i++) {
        bool inside = i >= GUARDED_BUFFER_MARGIN && i - GUARDED_BUFFER_MARGIN < taken;
        changed += !inside && arena[i] != mark;
    }
    return changed;
}

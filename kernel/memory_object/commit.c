/*
 * Promises of frames: one number, and a limit that is set at start-up.
 */
#include "memory_object/commit.h"

#include "boot/boot.h"
#include "cairn/error.h"
#include "frames/frames.h"
#include "init/init.h"
#include "lib/string.h"
#include "log/log.h"
#include "memory_object/memory_object.h"

enum { PERCENT_MAX = 10000 };

static uint64_t promised;
static uint64_t limit; /* constant once start-up is over */

int memory_promise(uint64_t frames)
{
    uint64_t old = __atomic_load_n(&promised, __ATOMIC_RELAXED);

    /* Relaxed, here and below: a number by itself. It never passes the limit, not for a moment. */
    do {
        if (!range_within(old, frames, limit))
            return ERROR_NO_MEMORY;
    } while (!__atomic_compare_exchange_n(&promised, &old, old + frames, true, __ATOMIC_RELAXED,
                                          __ATOMIC_RELAXED));
    return OK;
}

void memory_unpromise(uint64_t frames)
{
    __atomic_fetch_sub(&promised, frames, __ATOMIC_RELAXED);
}

void memory_commitment(uint64_t *now, uint64_t *at_most)
{
    *now = __atomic_load_n(&promised, __ATOMIC_RELAXED);
    *at_most = limit;
}

/* What the command line says, in percent of the memory. */
INIT_TEXT static unsigned long long limit_percent(void)
{
    unsigned long long percent = 100;
    char text[24];

    if (command_line_option("overcommit", text, sizeof(text)) >= 0 &&
        (!string_to_number(text, &percent) || percent > PERCENT_MAX)) {
        log_warning("overcommit=%s is no percentage up to %d", text, PERCENT_MAX);
        percent = 100;
    }
    return percent;
}

INIT_TEXT static int memory_commit_init(void)
{
    limit = frames_usable() * limit_percent() / 100;
    return OK;
}
INIT_CALL(core, memory_commit_init);

/*
 * Reports of wrong calls. See misuse.h.
 */
#include "frames/misuse.h"

#include "backtrace/backtrace.h"
#include "cairn/error.h"
#include "log/log.h"

/* The innermost calls tell most; the log has other things to keep. */
enum { RETURNS = 12 };

void misuse_report(const struct misuse *misuse)
{
    struct stack_bounds bounds;
    uintptr_t addresses[RETURNS];

    log_error("%s(%#llx, count %llu): %s; nothing was done", misuse->function,
              (unsigned long long)misuse->address, (unsigned long long)misuse->count,
              misuse->wrong);
    if (backtrace_find_stack(misuse->frame, &bounds) != OK) {
        log_error("  the caller's frame %#llx is in no kernel stack",
                  (unsigned long long)misuse->frame);
        return;
    }
    size_t count = backtrace_walk(&bounds, misuse->frame, addresses, RETURNS);
    /* A return address may already belong to the next function: look at the call itself. */
    for (size_t i = 0; i < count; i++)
        log_error("  called from %pS", (void *)(addresses[i] - 1));
}

/*
 * Reports of wrong calls: naming who called whom. See caller.h.
 */
#include "caller/caller.h"

#include "backtrace/backtrace.h"
#include "cairn/error.h"
#include "format/format.h"
#include "log/log.h"
#include "symbols/symbols.h"

struct caller_place caller_place(uintptr_t site)
{
    struct caller_place place;
    struct symbol_location location = {.name = NULL};
    size_t length;

    /* A return address may already belong to the next line or function: look at the call itself. */
    (void)symbol_of_address(site - 1, &location);
    if (location.name != NULL)
        length = format_text(place.text, sizeof(place.text), "%s+%#llx", location.name,
                             (unsigned long long)location.offset + 1);
    else
        length = format_text(place.text, sizeof(place.text), "%#llx", (unsigned long long)site);
    if (location.file != NULL && length < sizeof(place.text))
        (void)format_text(place.text + length, sizeof(place.text) - length, " %s:%u", location.file,
                          location.line);
    return place;
}

void caller_log(uintptr_t site)
{
    uintptr_t addresses[BACKTRACE_MAX];
    uintptr_t frame = stack_frame_pointer();
    struct stack_bounds bounds;
    size_t count = 0;
    size_t first = 0;

    if (backtrace_find_stack(frame, &bounds) == OK)
        count = backtrace_walk(&bounds, frame, addresses, BACKTRACE_MAX);
    /* Leave out what is between this and the site; without a backtrace the caller is known all the
     * same. */
    while (first < count && addresses[first] != site)
        first++;
    log_error("  called by %s", caller_place(site).text);
    for (size_t i = first + 1; i < count; i++)
        log_error("         by %s", caller_place(addresses[i]).text);
}

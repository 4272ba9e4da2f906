/*
 * A wrong solution of exercise 1.5: a probe of its own, under the name of the grader's and sorted
 * before it.
 */
#include "backtrace/backtrace.h"
#include "cairn/error.h"
#include "lib/register_table.h"
#include "probe/probe.h"

static int run_walk(struct probe_request *request)
{
    (void)request;
    return OK;
}

PROBE(a_backtrace_walk)
= {.name = "backtrace.walk", .run = run_walk};

size_t backtrace_walk(const struct stack_bounds *bounds, uintptr_t frame, uintptr_t *addresses,
                      size_t max)
{
    (void)bounds;
    (void)frame;
    (void)addresses;
    (void)max;
    return 0;
}

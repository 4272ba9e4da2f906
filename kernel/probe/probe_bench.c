/*
 * Probe bench.run: what an operation of the kernel costs.
 *
 *   bench.run OPERATION
 *
 * Does an operation of the table `bench_operations`; the request's end tells the instructions.
 */
#include "lib/string.h"
#include "probe/bench.h"
#include "probe/probe.h"

static int failure;

void bench_fail(int error)
{
    failure = error;
}

static void run_twice(void (*run)(void))
{
    run();
    probe_count_begin();
    run();
    probe_count_end();
}

static int run_operation(struct probe_request *request)
{
    if (request->count != 1)
        return ERROR_USAGE;
    REGISTER_TABLE_FOR_EACH (bench_operation, operation, bench_operations) {
        if (!string_equal(request->words[0], operation->name))
            continue;
        failure = OK;
        if (operation->counts_itself)
            operation->run();
        else
            run_twice(operation->run);
        return failure;
    }
    return ERROR_NOT_FOUND;
}
PROBE(bench_run)
= {.name = "bench.run", .run = run_operation};

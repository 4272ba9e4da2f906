/**
 * @file
 * Operations whose cost is measured (@ref probe); only in grading builds.
 *
 * The probe bench.run does one by name. `make bench` takes names for people, budgets and peers from
 * labs/NN-name/bench.toml. So a lab adds operations by adding files: `kernel/probe/bench_NAME.c`
 * here, a bench.toml there.
 */
#pragma once

#include <stdbool.h>

#include "lib/register_table.h"

/** An entry of the table `bench_operations`. */
struct bench_operation {
    const char *name;
    void (*run)(void);
    /**
     * Whether run() itself calls probe_count_begin() and probe_count_end(), because what comes
     * before is not part of the operation. If not, run() is called twice, and the second call is
     * counted: what has something to warm up has done so.
     */
    bool counts_itself;
};

REGISTER_TABLE_DECLARE(bench_operation, bench_operations);

/** Adds an operation: `BENCH_OPERATION(log_line) = {.name = "log_line", .run = …};` */
#define BENCH_OPERATION(entry)                                                                     \
    REGISTER(bench_operations, entry, struct bench_operation entry##_operation)

/** Says that the operation could not be done; @p error becomes the status of bench.run. */
void bench_fail(int error);

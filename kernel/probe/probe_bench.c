/*
 * Probe bench.run: what an operation of the kernel costs.
 *
 *   bench.run OPERATION
 *
 * Does the operation once; the request's end tells the instructions. What has something to warm up
 * is done twice and counted the second time. The operations are in the table below; grade/bench
 * names them for people and knows their budgets.
 */
#include "arch/stack.h"
#include "arch/trap.h"
#include "backtrace/backtrace.h"
#include "boot/boot.h"
#include "console/console.h"
#include "format/format.h"
#include "lib/string.h"
#include "lib/util.h"
#include "log/log.h"
#include "panic/panic.h"
#include "probe/probe.h"
#include "symbols/symbols.h"

enum { NUMBER_ROOM = 32, RANGES = 16, DEPTH = 16, RECORD_BYTES = 32 };

/* The longest decimal number. */
static void bench_format_number(void)
{
    static const struct format_spec spec = {.base = 10, .precision = -1};
    char text[NUMBER_ROOM];
    struct format_sink sink = {.buffer = text, .size = sizeof(text)};

    format_number(&sink, &spec, UINT64_MAX, false);
}

/* A line that only the ring gets: the console shows no debug lines unless it is told to. */
static void bench_log_line(void)
{
    log_debug("node %u: %llu KiB at %#llx", 1u, 262144ull, 0x40000000ull);
}

/* Firmware's map: usable memory with reserved ranges in it, in no order. */
static void bench_normalise(void)
{
    static struct memory_map in, out;

    in.count = 0;
    for (unsigned i = 0; i < RANGES; i++) {
        uint64_t base = (i * 7 % RANGES) * 16 * MIB;
        enum memory_kind kind = i % 2 == 0 ? MEMORY_USABLE : MEMORY_RESERVED;
        in.ranges[in.count++] = (struct memory_range){base + 0x800, 20 * MIB, kind};
    }
    probe_count_begin();
    int error = memory_map_normalise(&in, &out);
    probe_count_end();
    ASSERT(error == OK && out.count > 1);
}

static void bench_symbol_lookup(void)
{
    struct symbol_location location;
    int error = symbol_lookup(symbol_table_kernel(), (uintptr_t)symbol_lookup + 1, &location);

    ASSERT(error == OK && location.offset == 1);
}

/* A stack of frame records, each as far from the next as a small function's. */
static void bench_backtrace(void)
{
    static char stack[(DEPTH + 1) * RECORD_BYTES] __attribute__((aligned(16)));
    struct stack_bounds bounds = {(uintptr_t)stack, (uintptr_t)stack + sizeof(stack)};
    uintptr_t first = bounds.low + RECORD_BYTES / 2;
    uintptr_t addresses[DEPTH];

    for (unsigned i = 0; i < DEPTH; i++) {
        char *frame = stack + RECORD_BYTES / 2 + (size_t)i * RECORD_BYTES;
        uintptr_t next = (uintptr_t)frame + RECORD_BYTES;
        uintptr_t address = bounds.low;
        memcpy(frame + FRAME_NEXT_OFFSET, &next, sizeof(next));
        memcpy(frame + FRAME_RETURN_OFFSET, &address, sizeof(address));
    }
    probe_count_begin();
    size_t count = backtrace_walk(&bounds, first, addresses, DEPTH);
    probe_count_end();
    ASSERT(count == DEPTH);
}

static void bench_console_byte(void)
{
    console_write(".", 1);
}

/* A load from the page that guards the stack: an exception, and the way back from it. */
static void bench_exception(void)
{
    uint64_t word;
    int error = memory_copy_guarded(&word, boot_stack_guard, sizeof(word));

    ASSERT(error == ERROR_FAULT);
}

static const struct bench_operation {
    const char *name;
    void (*run)(void);
    bool counts_itself; /* what comes before its count is not part of the operation */
} operations[] = {
    {"format_number", bench_format_number, false},
    {"log_line", bench_log_line, false},
    {"memory_map_normalise", bench_normalise, true},
    {"symbol_lookup", bench_symbol_lookup, false},
    {"backtrace", bench_backtrace, true},
    {"console_byte", bench_console_byte, false},
    {"exception", bench_exception, false},
};

static int run_operation(struct probe_request *request)
{
    for (size_t i = 0; request->count == 1 && i < ARRAY_COUNT(operations); i++) {
        const struct bench_operation *operation = &operations[i];
        if (!string_equal(request->words[0], operation->name))
            continue;
        if (!operation->counts_itself) {
            operation->run();
            probe_count_begin();
        }
        operation->run();
        if (!operation->counts_itself)
            probe_count_end();
        return OK;
    }
    return ERROR_USAGE;
}
PROBE(bench_run)
= {.name = "bench.run", .run = run_operation};

/*
 * What is measured of lab 01: see bench.h.
 */
#include "arch/stack.h"
#include "arch/trap.h"
#include "backtrace/backtrace.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "console/console.h"
#include "format/format.h"
#include "lib/string.h"
#include "lib/util.h"
#include "log/log.h"
#include "probe/bench.h"
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
BENCH_OPERATION(format_number) = {.name = "format_number", .run = bench_format_number};

/* A line that only the ring gets: the console shows no debug lines unless it is told to. */
static void bench_log_line(void)
{
    log_debug("node %u: %llu KiB at %#llx", 1u, 262144ull, 0x40000000ull);
}
BENCH_OPERATION(log_line) = {.name = "log_line", .run = bench_log_line};

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
    if (error != OK)
        bench_fail(error);
}
BENCH_OPERATION(memory_map_normalise) = {
    .name = "memory_map_normalise", .run = bench_normalise, .counts_itself = true};

static void bench_symbol_lookup(void)
{
    struct symbol_location location;
    int error = symbol_lookup(symbol_table_kernel(), (uintptr_t)symbol_lookup + 1, &location);

    if (error != OK)
        bench_fail(error);
}
BENCH_OPERATION(symbol_lookup) = {.name = "symbol_lookup", .run = bench_symbol_lookup};

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
    if (count != DEPTH)
        bench_fail(ERROR_NOT_FOUND);
}
BENCH_OPERATION(backtrace) = {.name = "backtrace", .run = bench_backtrace, .counts_itself = true};

static void bench_console_byte(void)
{
    console_write(".", 1);
}
BENCH_OPERATION(console_byte) = {.name = "console_byte", .run = bench_console_byte};

/* A load from the page that guards the stack: an exception, and the way back from it. */
static void bench_exception(void)
{
    uint64_t word;
    int error = memory_copy_guarded(&word, boot_stack_guard, sizeof(word));

    if (error != ERROR_FAULT)
        bench_fail(ERROR_NOT_FOUND);
}
BENCH_OPERATION(exception) = {.name = "exception", .run = bench_exception};

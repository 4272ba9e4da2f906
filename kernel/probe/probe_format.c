/*
 * Probe format.number: writes one number.
 *
 *   format.number FLAGS BASE WIDTH PRECISION MAGNITUDE NEGATIVE SIZE
 *
 * FLAGS is a sum of enum flag below; PRECISION is one more than the precision, 0 for none; SIZE is
 * the sink's. Facts: `length`, as the sink counts; `text`, what is in the buffer of it; `overruns`,
 * how many bytes outside the buffer were changed.
 */
#include "format/format.h"
#include "probe/guarded_buffer.h"
#include "probe/probe.h"

enum flag {
    FLAG_LEFT = 0x01,
    FLAG_ZERO = 0x02,
    FLAG_PLUS = 0x04,
    FLAG_SPACE = 0x08,
    FLAG_ALTERNATE = 0x10,
    FLAG_UPPER = 0x20,
    FLAG_SIGNED = 0x40,
};

enum { ARGUMENTS = 7 };

static int run_format_number(struct probe_request *request)
{
    uint64_t flags, base, width, precision, magnitude, negative, size;
    uint64_t *const arguments[ARGUMENTS] = {&flags,     &base,     &width, &precision,
                                            &magnitude, &negative, &size};

    if (request->count != ARGUMENTS)
        return ERROR_USAGE;
    for (int i = 0; i < ARGUMENTS; i++) {
        if (!probe_number(request, i, arguments[i]))
            return ERROR_USAGE;
    }
    if (size > GUARDED_BUFFER_MAX)
        return ERROR_USAGE;

    struct format_spec spec = {
        .left = (flags & FLAG_LEFT) != 0,
        .zero = (flags & FLAG_ZERO) != 0,
        .plus = (flags & FLAG_PLUS) != 0,
        .space = (flags & FLAG_SPACE) != 0,
        .alternate = (flags & FLAG_ALTERNATE) != 0,
        .upper = (flags & FLAG_UPPER) != 0,
        .is_signed = (flags & FLAG_SIGNED) != 0,
        .base = (unsigned)base,
        .width = (unsigned)width,
        .precision = (int)(precision - 1),
    };
    struct format_sink sink = {.buffer = guarded_buffer_take(size), .size = size, .length = 0};

    probe_count_begin();
    format_number(&sink, &spec, magnitude, negative != 0);
    probe_count_end();

    size_t kept = sink.length < size ? sink.length : size > 0 ? size - 1 : 0;
    probe_fact(request, "length", sink.length);
    probe_fact_bytes(request, "text", sink.buffer, kept);
    probe_fact(request, "overruns", guarded_buffer_overruns());
    return OK;
}
PROBE(format_number)
= {.name = "format.number", .run = run_format_number};

/*
 * What the compiler calls when code built with SAN=1 does something undefined: a panic that says
 * what and where. This file itself is built without the sanitizer.
 *
 * Source: the interface of GCC's libsanitizer, ubsan_handlers.h; the structures below are the parts
 * of it that reports need.
 */
#include <stdint.h>

#include "panic/panic.h"

struct source_location {
    const char *file;
    uint32_t line;
    uint32_t column;
};

/* Every handler's data begins with the place, except the type mismatch's in old compilers. */
struct undefined_data {
    struct source_location location;
};

_Noreturn static void report(const struct undefined_data *data, const char *what, uint64_t first,
                             uint64_t second)
{
    const struct panic_site site = {
        .file = data->location.file,
        .line = data->location.line,
        .reason = what,
    };
    const struct panic_value values[] = {{"first operand", first}, {"second operand", second}};

    panic_at(&site, values, ARRAY_COUNT(values));
}

/* One handler: its name, what it reports, and the operands that the compiler passes. */
#define HANDLER(name, what, first, second, ...)                                                    \
    void __ubsan_handle_##name(const struct undefined_data *data, ##__VA_ARGS__);                  \
    void __ubsan_handle_##name(const struct undefined_data *data, ##__VA_ARGS__)                   \
    {                                                                                              \
        report(data, "undefined behaviour: " what, first, second);                                 \
    }
#define HANDLER_0(name, what) HANDLER(name, what, 0, 0)
#define HANDLER_1(name, what) HANDLER(name, what, first, 0, uintptr_t first)
#define HANDLER_2(name, what) HANDLER(name, what, first, second, uintptr_t first, uintptr_t second)

HANDLER_2(add_overflow, "signed addition overflows")
HANDLER_2(sub_overflow, "signed subtraction overflows")
HANDLER_2(mul_overflow, "signed multiplication overflows")
HANDLER_1(negate_overflow, "signed negation overflows")
HANDLER_2(divrem_overflow, "division by zero, or one that overflows")
HANDLER_2(shift_out_of_bounds, "shift by too much, or of a negative number")
HANDLER_1(out_of_bounds, "array index out of bounds")
HANDLER_2(pointer_overflow, "pointer arithmetic overflows")
HANDLER_1(load_invalid_value, "a bool or an enum holds another value")
HANDLER_1(type_mismatch_v1, "null or misaligned pointer, or an object that is too small")
HANDLER_1(vla_bound_not_positive, "array length that is not positive")
HANDLER_0(builtin_unreachable, "unreachable code is reached")
HANDLER_0(missing_return, "a function ends without its result")
HANDLER_0(nonnull_arg, "null for a parameter that forbids it")
HANDLER_0(nonnull_return_v1, "null from a function that promises otherwise")
HANDLER_0(invalid_builtin, "bad argument of a builtin function")

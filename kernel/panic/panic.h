/**
 * @file
 * @defgroup panic Panic and assertions
 * The end of the kernel: a report that a person can act on, then power off or reboot.
 *
 * A panic prints the reason, the place, named values, the registers and a backtrace with symbols.
 * It uses plain output only (see @ref plain): it must work when the formatter, the console driver
 * or the memory map is what broke. Then it does what the command line says: `panic=poweroff` (the
 * default; the host sees a failure status where the machine can give one), `panic=reboot` or
 * `panic=halt`. A panic inside a panic prints one line and switches off.
 *
 * May be called in any context.
 * @{
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct trap_frame;

/** The status that the host sees after a panic, where the machine can give one. */
#define PANIC_STATUS 32

/** A number that a report names. */
struct panic_value {
    const char *name;
    uint64_t value;
};

/** The place in the source that gave up, and why. */
struct panic_site {
    const char *file;
    unsigned line;
    const char *reason;
};

/** The function behind PANIC() and ASSERT(). */
_Noreturn void panic_at(const struct panic_site *site, const struct panic_value *values,
                        size_t count);

/**
 * The end of an exception that nothing can recover from.
 * @param reason what kind of exception it was
 * @param frame the interrupted state, as the architecture saved it
 */
_Noreturn void panic_trap(const char *reason, const struct trap_frame *frame);

/**
 * Called once, after the report's first line and before the rest. Weak and empty; a grading build
 * replaces it to send a protocol record.
 */
void panic_hook(const char *reason, const char *file, unsigned line);

#define PANIC_VALUES(...)                                                                          \
    (const struct panic_value[])                                                                   \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

/** Ends the kernel: `PANIC("no page tables left");` */
#define PANIC(text) PANIC_WITH(text, {.name = NULL, .value = 0})

/**
 * Ends the kernel and shows values: `PANIC_WITH("lost frame", {"frame", frame}, {"node", node});`
 */
#define PANIC_WITH(text, ...)                                                                      \
    panic_at(&(const struct panic_site){.file = __FILE__, .line = __LINE__, .reason = (text)},     \
             PANIC_VALUES(__VA_ARGS__), ARRAY_COUNT(PANIC_VALUES(__VA_ARGS__)))

/** Ends the kernel when @p condition is false. Always compiled in. */
#define ASSERT(condition)                                                                          \
    do {                                                                                           \
        if (__builtin_expect(!(condition), 0))                                                     \
            PANIC("assertion failed: " #condition);                                                \
    } while (0)

/** ASSERT() that shows values: `ASSERT_WITH(n < limit, {"n", n});` */
#define ASSERT_WITH(condition, ...)                                                                \
    do {                                                                                           \
        if (__builtin_expect(!(condition), 0))                                                     \
            PANIC_WITH("assertion failed: " #condition, __VA_ARGS__);                              \
    } while (0)

#include "lib/util.h"

/** @} */

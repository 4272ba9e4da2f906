/*
 * Panics: see panic.h. Everything is written by plain output, so that a report does not depend on
 * what broke.
 */
#include "panic/panic.h"

#include "arch/cpu.h"
#include "arch/machine.h"
#include "arch/stack.h"
#include "arch/trap.h"
#include "backtrace/backtrace.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "lib/string.h"
#include "percpu/percpu.h"
#include "plain/plain.h"
#include "symbols/symbols.h"

/* How deep this processor is in panics: a second one must not begin a third. */
static PERCPU(unsigned, panic_depth);

__attribute__((weak)) void panic_hook(const char *reason, const char *file, unsigned line)
{
    (void)reason;
    (void)file;
    (void)line;
}

/* One line of a backtrace: number, address, function and offset, file and line. */
//@quote [print-return]
static void print_return(unsigned number, uintptr_t address, bool is_return)
{
    struct symbol_location location;

    plain_print(plain_console, number < 10 ? "  #%u  0x%016lx" : " #%u  0x%016lx", number, address);
    /* A return address may already belong to the next line or function: look at the call itself. */
    if (symbol_of_address(address - is_return, &location) == OK) {
        if (location.name != NULL)
            plain_print(plain_console, "  %s+0x%lx", location.name, location.offset + is_return);
        if (location.file != NULL)
            plain_print(plain_console, "  %s:%u", location.file, location.line);
    }
    plain_print(plain_console, "\n");
}
//@quote [print-return]

/*
 * Where it stopped, and where it would have returned to when no frame record tells: 0 for neither.
 */
static void print_backtrace(uintptr_t program_counter, uintptr_t return_address, uintptr_t frame)
{
    struct stack_bounds bounds;
    uintptr_t addresses[BACKTRACE_MAX];
    unsigned number = 0;

    plain_text(plain_console, "backtrace:\n");
    if (program_counter != 0)
        print_return(number++, program_counter, false);
    if (return_address != 0)
        print_return(number++, return_address, true);
    if (backtrace_find_stack(frame, &bounds) != OK) {
        plain_print(plain_console, "  the frame pointer 0x%016lx is in no kernel stack\n", frame);
        return;
    }
    size_t count = backtrace_walk(&bounds, frame, addresses, BACKTRACE_MAX);
    for (size_t i = 0; i < count; i++, number++) {
        /* A recursion that ran away fills the list: show where it begins and ends. */
        bool inside = i > 0 && i + 1 < count && addresses[i] == addresses[i - 1] &&
                      addresses[i] == addresses[i + 1];
        if (!inside)
            print_return(number, addresses[i], true);
        else if (i < 2 || addresses[i - 1] != addresses[i - 2])
            plain_text(plain_console, "   ... the same again\n");
    }
    if (count == BACKTRACE_MAX)
        plain_text(plain_console, "   ... and perhaps more\n");
    if (symbol_table_kernel() == NULL)
        plain_text(plain_console,
                   "  (no symbols: there is no usable file `symbols` in the ramdisk)\n");
}

/*
 * Begins the report and tells the hook, before anything that could fail; a panic inside a panic
 * ends here.
 */
static void panic_begin(const char *reason, const char *file, unsigned line)
{
    (void)cpu_interrupts_disable();
    if (percpu(panic_depth)++ > 0) {
        plain_print(plain_console, "\npanic while panicking: %s\n", reason);
        if (percpu(panic_depth) == 2)
            machine_power_off(PANIC_STATUS);
        cpu_halt();
    }
    plain_print(plain_console, "\n*** kernel panic: %s\n", reason);
    panic_hook(reason, file, line);
}

_Noreturn static void panic_end(void)
{
    char action[16];

    if (command_line_option("panic", action, sizeof(action)) < 0)
        action[0] = '\0';
    if (string_equal(action, "reboot"))
        machine_reboot();
    if (string_equal(action, "halt")) {
        plain_text(plain_console, "halted\n");
        cpu_halt();
    }
    machine_power_off(PANIC_STATUS);
}

_Noreturn void panic_at(const struct panic_site *site, const struct panic_value *values,
                        size_t count)
{
    panic_begin(site->reason, site->file, site->line);
    plain_print(plain_console, "at %s:%u\n", site->file, site->line);
    for (size_t i = 0; i < count && values[i].name != NULL; i++)
        plain_print(plain_console, "  %s = 0x%lx\n", values[i].name, values[i].value);
    print_backtrace(0, 0, stack_frame_pointer());
    panic_end();
}

_Noreturn void panic_trap(const char *reason, const struct trap_frame *frame)
{
    panic_begin(reason, "-", 0);
    trap_print(plain_console, frame);
    print_backtrace(trap_program_counter(frame), trap_return_address(frame),
                    trap_frame_pointer(frame));
    panic_end();
}

/*
 * What all architectures do with an exception: let it be served, or report it. Names, registers and
 * causes are the architecture's: see arch/trap.h.
 */
#include "arch/trap.h"
#include "panic/panic.h"

enum { REGISTERS_IN_A_LINE = 3 };

__attribute__((weak)) bool trap_hook(struct trap_frame *frame)
{
    (void)frame;
    return false;
}

__attribute__((weak)) uintptr_t trap_return_address(const struct trap_frame *frame)
{
    (void)frame;
    return 0;
}

/* Has memory_copy_guarded() end when this is a failed access of its. @return whether it is */
static bool trap_end_guarded_copy(struct trap_frame *frame)
{
    uintptr_t place = trap_program_counter(frame);

    if (trap_cause(frame) != TRAP_MEMORY || place < (uintptr_t)memory_copy_guarded ||
        place >= (uintptr_t)memory_copy_guarded_fault)
        return false;
    trap_resume_at(frame, (uintptr_t)memory_copy_guarded_fault);
    return true;
}

void trap_handle(struct trap_frame *frame)
{
    if (!trap_end_guarded_copy(frame))
        panic_trap(trap_reason(frame), frame);
}

void trap_print_registers(plain_sink *sink, const char (*names)[4], const uint64_t *values,
                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool ends_line = (i + 1) % REGISTERS_IN_A_LINE == 0 || i + 1 == count;
        plain_print(sink, "%s %016lx%s", names[i], values[i], ends_line ? "\n" : "   ");
    }
}

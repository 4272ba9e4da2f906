/*
 * Breakpoint and watchpoint registers, and software step.
 *
 * Debug exceptions come only where PSTATE.D is clear: not in the trap path, which sets it.
 *
 * Source: Arm DDI 0487, chapter D2 "AArch64 Self-hosted Debug".
 */
#include "arch/debug.h"

#include "arch/aarch64/aarch64.h"
#include "arch/aarch64/syndrome.h"
#include "arch/trap.h"
#include "cairn/error.h"

enum { MDSCR_STEP = 1 << 0, MDSCR_KERNEL = 1 << 13, MDSCR_MONITOR = 1 << 15, SPSR_STEP = 1 << 21 };
/* A slot's control: enabled, at EL1 only; loads, stores; which bytes from the address on. */
enum { CONTROL_EL1 = 0x3, CONTROL_ACCESS_SHIFT = 3, CONTROL_BYTES_SHIFT = 5 };
/* ID_AA64DFR0_EL1 has the number of slots, less 1. There are two or more; we use four at most. */
enum { ID_BREAKPOINTS = 12, ID_WATCHPOINTS = 20, SLOTS = 4 };

struct slots {
    unsigned room, count;
    uint64_t address[SLOTS], control[SLOTS];
};

#define WRITE(kind, slots, n)                                                                      \
    do {                                                                                           \
        if ((slots)->room > (n)) {                                                                 \
            system_register_write(dbg##kind##vr##n##_el1, (slots)->address[n]);                    \
            system_register_write(dbg##kind##cr##n##_el1, (slots)->control[n]);                    \
        }                                                                                          \
    } while (0)

static void write_slots(const struct slots *breaks, const struct slots *watches)
{
    WRITE(b, breaks, 0);
    WRITE(b, breaks, 1);
    WRITE(b, breaks, 2);
    WRITE(b, breaks, 3);
    WRITE(w, watches, 0);
    WRITE(w, watches, 1);
    WRITE(w, watches, 2);
    WRITE(w, watches, 3);
}

static struct slots no_slots(unsigned shift)
{
    unsigned room = system_register_field(system_register_read(id_aa64dfr0_el1), shift) + 1;

    return (struct slots){.room = room < SLOTS ? room : SLOTS};
}

void debug_start(void)
{
    (void)debug_arm(NULL, 0);
    system_register_write(oslar_el1, 0);
    system_register_write(mdscr_el1,
                          system_register_read(mdscr_el1) | MDSCR_KERNEL | MDSCR_MONITOR);
    __asm__ volatile("isb\n\tmsr daifclr, #8" ::: "memory");
}

int debug_arm(const struct debug_point *points, size_t count)
{
    static const uint8_t accesses[] = {[DEBUG_WRITE] = 2, [DEBUG_READ] = 1, [DEBUG_ACCESS] = 3};
    struct slots breaks = no_slots(ID_BREAKPOINTS);
    struct slots watches = no_slots(ID_WATCHPOINTS);

    for (size_t i = 0; i < count; i++) {
        bool is_break = points[i].kind == DEBUG_EXECUTE;
        struct slots *slots = is_break ? &breaks : &watches;
        unsigned offset = points[i].address % 8;
        uint64_t bytes = is_break ? 0xf : ((UINT64_C(1) << points[i].size) - 1) << offset;
        if (slots->count == slots->room) {
            (void)debug_arm(NULL, 0);
            return ERROR_NO_SPACE;
        }
        slots->address[slots->count] = points[i].address - (is_break ? 0 : offset);
        slots->control[slots->count++] = CONTROL_EL1 | bytes << CONTROL_BYTES_SHIFT |
                                         accesses[points[i].kind] << CONTROL_ACCESS_SHIFT;
    }
    write_slots(&breaks, &watches);
    __asm__ volatile("isb");
    return OK;
}

unsigned debug_event(const struct trap_frame *frame, uintptr_t *address)
{
    switch (syndrome_class(frame->syndrome)) {
    case CLASS_BREAKPOINT:
        return DEBUG_EVENT_BREAK;
    case CLASS_STEP:
        return DEBUG_EVENT_STEP;
    case CLASS_WATCHPOINT:
        *address = frame->address;
        return DEBUG_EVENT_WATCH | DEBUG_EVENT_BEFORE;
    default:
        return 0;
    }
}

uintptr_t debug_return_address(const struct trap_frame *frame)
{
    return frame->x[30];
}

unsigned debug_instruction_size(uintptr_t address)
{
    (void)address;
    return 4;
}

void debug_step(struct trap_frame *frame, bool on)
{
    uint64_t control = system_register_read(mdscr_el1) & ~(uint64_t)MDSCR_STEP;

    system_register_write(mdscr_el1, control | (on ? MDSCR_STEP : 0));
    frame->status = (frame->status & ~(uint64_t)SPSR_STEP) | (on ? SPSR_STEP : 0);
}

/*
 * Traps that the kernel survives: interrupts, and accesses for which there is a fix-up. All others
 * go on to the architecture's report.
 */
#include "trap/trap.h"

#include "init/init.h"
#include "lib/util.h"
#include "log/log.h"
#include "percpu/percpu.h"
#include "trap/fixup.h"

REGISTER_TABLE_DECLARE(fixup, fixups);

enum { FIXUPS_MAX = 64 };

/* The registered fix-ups in the order of their addresses; constant after start-up. */
static struct fixup fixup_table[FIXUPS_MAX];
static size_t fixup_count;

static PERCPU(uint64_t, trap_counts)[TRAP_CAUSES];

uint64_t trap_count(enum trap_cause cause)
{
    return percpu(trap_counts)[cause];
}

//@quote [trap-hook]
static bool resume_at_fixup(struct trap_frame *frame)
{
    const struct fixup *fixup = fixup_find(fixup_table, fixup_count, trap_program_counter(frame));

    if (fixup == NULL)
        return false;
    trap_resume_at(frame, fixup->resume);
    return true;
}

__attribute__((weak)) bool trap_debug(struct trap_frame *frame)
{
    (void)frame;
    return false;
}

__attribute__((weak)) bool trap_fault(struct trap_frame *frame)
{
    (void)frame;
    return false;
}

__attribute__((weak)) void trap_unserved(const struct trap_frame *frame)
{
    (void)frame;
}

static bool serve_memory(struct trap_frame *frame)
{
    percpu(trap_counts)[TRAP_MEMORY]++;
    if (trap_fault(frame) || resume_at_fixup(frame))
        return true;
    trap_unserved(frame);
    return false;
}

bool trap_hook(struct trap_frame *frame)
{
    enum trap_cause cause = trap_cause(frame);

    if (cause == TRAP_MEMORY)
        return serve_memory(frame);
    /* Before anything is written: it may be what is watched. */
    if (cause == TRAP_BREAKPOINT && trap_debug(frame))
        return true;
    percpu(trap_counts)[cause]++;
    if (cause != TRAP_INTERRUPT)
        return false;
    trap_interrupt(frame);
    return true;
}
//@quote [trap-hook]

FIXUP(guarded_copy) = {
    .begin = (uintptr_t)memory_copy_guarded,
    .end = (uintptr_t)memory_copy_guarded_fault,
    .resume = (uintptr_t)memory_copy_guarded_fault,
};

/* The linker sorts the table by name; what is looked for is an address. */
INIT_TEXT static int trap_init_fixups(void)
{
    REGISTER_TABLE_FOR_EACH (fixup, entry, fixups) {
        size_t place = fixup_count;
        if (fixup_count == FIXUPS_MAX) {
            log_error("there are more than %d fix-ups", FIXUPS_MAX);
            return OK;
        }
        for (; place > 0 && fixup_table[place - 1].begin > entry->begin; place--)
            fixup_table[place] = fixup_table[place - 1];
        fixup_table[place] = *entry;
        fixup_count++;
    }
    return OK;
}
INIT_CALL(core, trap_init_fixups);

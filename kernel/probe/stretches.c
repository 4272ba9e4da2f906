/*
 * Probe interrupts.off: the longest time for which interrupts were off, in a build with
 * STRETCHES=1.
 *
 *   interrupts.off
 *
 * A stretch begins where kernel code turns interrupts off, or where an interrupt comes, and ends
 * where they are turned on again, or the processor sleeps. What probes do themselves doesn't count.
 * So that there is something to see, requests are served with interrupts on at first, all but those
 * of probes that say when they may come (`needs_quiet`).
 *
 * Facts: `instructions` of the longest stretch so far; `begin` and `end`, the sites of the calls
 * between which it lay, 0 for an interrupt; `count`, how many there were.
 */
#include "caller/caller.h"
#include "lib/string.h"
#include "percpu/percpu.h"
#include "probe/probe.h"

struct stretch {
    uint64_t instructions; /* while it lasts: the count at its beginning */
    uintptr_t begin, end;
};

struct stretches {
    bool is_off;
    struct stretch now, longest;
    uint64_t count;
};

static PERCPU(struct stretches, stretches);

#ifdef CAIRN_STRETCHES

struct trap_frame;

void stretch_begin(void);
void stretch_end(void);

void __real_trap_interrupt(struct trap_frame *frame);
void __wrap_trap_interrupt(struct trap_frame *frame);
void __real_cpu_sleep(void);
void __wrap_cpu_sleep(void);
void __real_serve_line(int count, char **words);
void __wrap_serve_line(int count, char **words);

/* Not inline: on RISC-V a function that calls nothing keeps no frame record, which site_of() reads.
 */
static __attribute__((noinline)) void begin(uintptr_t site)
{
    percpu(stretches).is_off = true;
    percpu(stretches).now.begin = site;
    percpu(stretches).now.instructions = cpu_instruction_count();
}

static __attribute__((noinline)) void end(uintptr_t site)
{
    struct stretches *own = &percpu(stretches);
    uint64_t instructions = cpu_instruction_count() - own->now.instructions;

    if (!own->is_off)
        return;
    own->is_off = false;
    own->count++;
    if (instructions <= own->longest.instructions)
        return;
    own->longest.instructions = instructions;
    own->longest.begin = own->now.begin;
    own->longest.end = site;
}

/* The site is the call of the function that turns interrupts off: spinlock_acquire()'s, mostly. */
static uintptr_t site_of(uintptr_t frame)
{
    return caller_of(*(const uintptr_t *)(frame + FRAME_NEXT_OFFSET));
}

void stretch_begin(void)
{
    begin(site_of(stack_frame_pointer()));
}

void stretch_end(void)
{
    end(site_of(stack_frame_pointer()));
}

void __wrap_trap_interrupt(struct trap_frame *frame)
{
    /* They were on, or it had not come: a probe may have turned them on. */
    begin(0);
    __real_trap_interrupt(frame);
    end(0);
}

void __wrap_cpu_sleep(void)
{
    stretch_end();
    __real_cpu_sleep();
    stretch_begin();
}

/* Those that decide themselves when a device may interrupt. */
static bool needs_quiet(const char *name)
{
    REGISTER_TABLE_FOR_EACH (probe, probe, probes) {
        if (string_equal(probe->name, name))
            return probe->needs_quiet;
    }
    return false;
}

void __wrap_serve_line(int count, char **words)
{
    enum { NAME = 3 };

    percpu(stretches).is_off = false;
    if (count <= NAME || !needs_quiet(words[NAME]))
        cpu_interrupts_restore(true);
    __real_serve_line(count, words);
    (void)cpu_interrupts_disable();
}

#endif

static int run_off(struct probe_request *request)
{
    const struct stretches own = percpu(stretches);

    if (own.count == 0)
        return ERROR_NOT_SUPPORTED;
    probe_fact(request, "instructions", own.longest.instructions);
    probe_fact(request, "begin", own.longest.begin);
    probe_fact(request, "end", own.longest.end);
    probe_fact(request, "count", own.count);
    return OK;
}
PROBE(interrupts_off)
= {.name = "interrupts.off", .run = run_off};
